import { countOf } from '../../core/words/count-of.ts'
import { timeWords } from '../../core/words/time-words.ts'
import type { NoticeReport } from '../../runtime/store/records.ts'

/** How it stands with a notice: `crm: told at … UTC`, when it is due and who tells it, or why it was given up. */
export function noticeWords(notice: NoticeReport): string {
  const { name, state, tries, triedAtMs, nextTryAtMs, taskQueue, problem } = notice
  const at = (ms = 0) => timeWords(ms)
  if (state === 'told') return `${name}: told at ${at(triedAtMs)}`
  const after =
    problem === undefined ? '' : ` after ${countOf(tries, 'post')}, the last at ${at(triedAtMs)}: ${problem}`
  if (state === 'given-up') return `${name}: given up${after}`
  const by = taskQueue === undefined ? '' : ` by a worker of the task queue ${taskQueue}`
  return `${name}: not told yet, due at ${at(nextTryAtMs)}${by}${after}`
}
