/**
 * A log line for a person who watches: what Signalbox writes as JSON, in words.
 *
 * @module
 */
import { whoseWords } from '../../core/budgets/shared-budget.ts'
import { harmless } from '../../core/words/harmless.ts'

const LEVELS: Readonly<Record<number, string>> = { 10: 'trace', 20: 'debug', 30: 'info', 40: 'warn', 50: 'error' }

/** Which run and what of it, in the words of the ledger; Temporal's own lines name the run by its workflow, those of its core by its part. */
const SHOWN = [
  'step',
  'class',
  'endpoint',
  'fault',
  'without',
  'budget',
  'left',
  'reason',
  'wait',
  'problem',
  'taskQueue',
] as const

/**
 * `22:25:22 warn  Workflow failed · run r-1 · acme:m could not be reached`. Stacks are for machines. What a workflow has thrown may hold
 * what a model said, and steers no screen.
 */
export function logWords(json: string): string {
  const { level, time, msg, err, run, workflowId, runId, ...told } = JSON.parse(json) as Readonly<
    Record<string, unknown>
  >
  const of = run ?? workflowId
  const { without } = told
  const fields: Readonly<Record<string, unknown>> = {
    ...told,
    budget: told.budget && `${told.budget}${whoseWords(told)}`,
    ...(Array.isArray(without) && { without: without.join(', ') }),
  }
  const parts = [
    msg,
    of === undefined ? runId && `part ${runId}` : `run ${of}`,
    ...SHOWN.map(name =>
      fields[name] === undefined || (name === 'taskQueue' && (of ?? runId)) ? undefined : `${name} ${fields[name]}`,
    ),
    (err as { readonly message?: string } | undefined)?.message,
  ]
  const clock = new Date(Number(time)).toISOString().slice(11, 19)
  const words = parts.filter(part => part !== undefined && part !== '').join(' · ')
  return `${clock} ${(LEVELS[Number(level)] ?? '').padEnd(5)} ${harmless(words)}\n`
}
