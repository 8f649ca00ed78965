/** A line beside the figures, which alone go to standard output. */
export function report(line: string): void {
  process.stderr.write(`${line}\n`)
}
