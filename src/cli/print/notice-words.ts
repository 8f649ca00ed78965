import { countOf } from '../../core/words/count-of.ts'
import { timeWords } from '../../core/words/time-words.ts'
import type { NoticeReport } from '../../runtime/store/records.ts'

/** How it stands with a notice: `crm: told at … UTC`, when it is due, or why it was given up. */
export function noticeWords({ name, state, tries, triedAtMs, nextTryAtMs, problem }: NoticeReport): string {
  const at = (ms = 0) => timeWords(ms)
  if (state === 'told') return `${name}: told at ${at(triedAtMs)}`
  const after =
    problem === undefined ? '' : ` after ${countOf(tries, 'post')}, the last at ${at(triedAtMs)}: ${problem}`
  return state === 'due' ? `${name}: not told yet, due at ${at(nextTryAtMs)}${after}` : `${name}: given up${after}`
}
