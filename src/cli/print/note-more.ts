import type { Terminal } from '../terminal.ts'

/** Says beside a list of the newest that there are more than the limit lets it show. */
export function noteMore(terminal: Pick<Terminal, 'note'>, limit: number): void {
  terminal.note(
    `only the newest ${limit} are listed, and there are more: raise --limit, or choose by --since, --label …`,
  )
}
