/** Takes the time of something that may begin sooner than it is told to. */
export class Stopwatch {
  #begun: number | undefined;
  #settle: (milliseconds: number) => void = () => {};
  /** Milliseconds from the first `begin` to the first `end`. */
  readonly took: Promise<number>;

  constructor() {
    this.took = new Promise((settle) => {
      this.#settle = settle;
    });
  }

  begin(): void {
    this.#begun ??= performance.now();
  }

  end(): void {
    this.begin();
    this.#settle(performance.now() - (this.#begun ?? Number.NaN));
  }
}
