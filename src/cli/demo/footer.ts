/**
 * Lines at the bottom of a terminal that are redrawn in place, with others scrolling above them.
 *
 * @module
 */
export interface Footer {
  /** A line that stays, above the footer. */
  print(line: string): void
  /** Replaces the footer; no line may be wider than the screen. */
  draw(lines: readonly string[]): void
}

/** Goes up so many lines and clears the screen from there on. Where nothing was drawn it is empty, so that logs stay clean. */
const clear = (lines: number) => (lines === 0 ? '' : `\r\u001b[${lines}A\u001b[J`)

export function createFooter(write: (text: string) => void): Footer {
  let drawn: readonly string[] = []
  const textOf = (lines: readonly string[]) => lines.map(line => `${line}\n`).join('')
  return {
    print: line => write(`${clear(drawn.length)}${line}\n${textOf(drawn)}`),
    draw(lines) {
      if (textOf(lines) === textOf(drawn)) return
      write(`${clear(drawn.length)}${textOf(lines)}`)
      drawn = lines
    },
  }
}
