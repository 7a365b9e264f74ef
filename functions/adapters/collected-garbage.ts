/** Bytes received from one collection to the next: 256 MiB, which are 32 parts and leave about 1 MiB behind. */
const period = 256 * 1_024 ** 2;

/**
 * Has old garbage collected now and then, where the host lets a program ask for it (`--expose-gc`). What a call of the SDK
 * leaves behind has mostly become old by the time it is answered, and V8 lets that grow far before it looks: 16 GiB took
 * 40 MiB more than 1 GiB did, though nothing was kept. A collection takes about 10 ms.
 * @returns to be told of all bytes received so far
 */
export function startCollecting(): (received: number) => void {
  let next = period;
  return (received) => {
    if (received < next) return;
    next = received + period;
    globalThis.gc?.();
  };
}
