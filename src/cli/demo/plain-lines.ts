/**
 * The demo's events as single lines, for logs and for the part of a terminal that scrolls.
 *
 * @module
 */
import { decidedWords } from '../../core/decision-words.ts'
import type { RunEvent } from '../../core/events.ts'
import { endWords } from '../../core/faults/attempt-end.ts'
import { shorten } from '../../core/words/shorten.ts'
import { formatCost } from '../print/money.ts'
import { formatDuration } from '../print/words.ts'

/** Enough of an answer to see what it is about. */
const FIRST_WORDS = 60

/** The line for an event; `undefined` for those that only a live view shows. */
export function plainLine(event: RunEvent): string | undefined {
  switch (event.kind) {
    case 'step-start':
      return `step ${event.step} · ${event.taskClass}`
    case 'attempt-start':
      return event.attempt === 1 ? undefined : `step ${event.step} · attempt ${event.attempt} at ${event.endpoint}`
    case 'attempt-end':
      if (event.fault === undefined) return undefined
      return `step ${event.step} · ${event.endpoint} ${endWords(event)}`
    case 'answer':
      return `step ${event.step} · ${event.endpoint} answered · ${formatCost(event.cost)}${said(event)}`
    case 'unanswered':
      return `step ${event.step} · not answered: ${event.fault}`
    case 'wait':
      return `step ${event.step} · waiting ${formatDuration(event.ms)}: ${event.reason}`
    case 'step-down':
      return `step ${event.step} · steps down from ${event.from} to ${event.to}: ${event.reason}`
    case 'tool-end':
      return `step ${event.step} · ${event.toolName} ${toolEndWords(event)}`
    case 'approval-ask':
      return `step ${event.step} · ${event.toolName} asks for approval`
    case 'approval-withdrawn':
      return `step ${event.step} · ${event.toolName} is no longer asked`
    case 'approval-decision':
      return `step ${event.step} · ${event.toolName} ${decidedWords(event.decision)}`
    case 'run-end':
      return `ended: ${event.outcome}${event.message === undefined ? '' : ` · ${event.message}`}`
    case 'said':
      return `was told${event.by === undefined ? '' : ` by ${event.by}`}: ${shorten(event.text, FIRST_WORDS)}`
    default:
      return undefined
  }
}

function toolEndWords({ isError, cancelled }: Extract<RunEvent, { kind: 'tool-end' }>): string {
  if (cancelled) return 'was cancelled'
  return isError ? 'failed' : 'done'
}

function said({ text, toolCalls }: Extract<RunEvent, { kind: 'answer' }>): string {
  const words = shorten(text, FIRST_WORDS)
  const asks = toolCalls.length === 0 ? '' : ` · asks for ${countByName(toolCalls)}`
  return `${words === '' ? '' : ` · "${words}"`}${asks}`
}

/** `calculate ×3, read_document`. */
function countByName(names: readonly string[]): string {
  return [...new Set(names)]
    .map(name => ({ name, count: names.filter(other => other === name).length }))
    .map(({ name, count }) => (count === 1 ? name : `${name} ×${count}`))
    .join(', ')
}
