/** What a stream costs, in processor time of all threads. */
export interface StreamCost {
  model: string;
  hopSeconds: number;
  /** Of the processor, for each second of sound. */
  millisecondsPerSecond: number;
}
