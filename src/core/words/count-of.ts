/** A number with its digits in groups: `1,200`. */
export function grouped(count: number): string {
  return count.toLocaleString('en-US')
}

/** A number with its noun: `1 call`, `1,200 calls`. */
export function countOf(count: number, thing: string): string {
  return `${grouped(count)} ${thing}${count === 1 ? '' : 's'}`
}
