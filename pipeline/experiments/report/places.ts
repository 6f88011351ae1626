/** Where data lay is no reader's business: `ravdess:DIR`, or a folder's own name. */
export const placeless = (data: string): string =>
  data.startsWith('synthetic') ? data : data.replace(/^(ravdess|crema-d):.*$/, '$1:DIR').replace(/^.*[\\/]/, '');
