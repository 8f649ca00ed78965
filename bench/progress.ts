/** Writes a line to standard error: standard output has the figures alone. */
export function report(line: string): void {
  process.stderr.write(`${line}\n`)
}
