type Message = { [field: string]: unknown };

/**
 * Reads protobuf's text format as far as configurations use it: strings, numbers, names, messages, lists. Fields that may
 * be repeated (input, output, dims, shape) come out as lists.
 */
export function parsePbtxt(text: string): Message {
  const tokens = text.match(/"(?:[^"\\]|\\.)*"|[{}[\]:,]|[^\s{}[\]:,]+/g) ?? [];
  let at = 0;
  const take = (wanted?: string): string => {
    const token = tokens[at++];
    if (token === undefined || (wanted && token !== wanted))
      throw new Error(`${wanted ?? 'more'} wanted, not ${token}`);
    return token;
  };
  const value = (): unknown => {
    if (tokens[at] === '{') return message(take('{'), '}');
    if (tokens[at] === '[') return list();
    const token = take();
    if (token.startsWith('"')) return JSON.parse(token);
    return Number.isNaN(Number(token)) ? token : Number(token);
  };
  const list = (): unknown[] => {
    const items: unknown[] = [];
    for (take('['); tokens[at] !== ']'; ) {
      if (items.length > 0) take(',');
      items.push(value());
    }
    take(']');
    return items;
  };
  function message(_open: string, end?: string): Message {
    const fields: Message = {};
    while (at < tokens.length && tokens[at] !== end) {
      const name = take();
      if (!/^[a-z_]+$/.test(name)) throw new Error(`${name} is no field`);
      if (tokens[at] === ':') take();
      else if (tokens[at] !== '{' && tokens[at] !== '[') throw new Error(`${name} has no value`);
      if (name in fields) throw new Error(`${name} is there twice`);
      fields[name] = value();
    }
    if (end) take(end);
    return fields;
  }
  return message('');
}
