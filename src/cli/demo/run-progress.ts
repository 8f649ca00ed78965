/**
 * What is going on in one run, folded from its events.
 *
 * @module
 */
import type { RunEvent } from '../../core/events.ts'
import { endWords } from '../../core/faults/attempt-end.ts'
import { readReason } from '../../core/faults/attempt-reason.ts'
import { addCost, NO_COST } from '../../core/money/cost.ts'
import type { Cost } from '../../core/protocol.ts'

/** A step that has no answer yet. */
export interface OpenStep {
  readonly step: number
  readonly taskClass: string
  readonly endpoint?: string
  readonly attempt: number
  /** Asked before, and not given up on: the newer attempt was made beside it. */
  readonly beside?: { readonly attempt: number; readonly endpoint?: string }
  /** How earlier attempts have ended, in order. */
  readonly faults: readonly string[]
  /** What the attempt has said so far. */
  readonly text: string
  readonly waitsFor?: string
}

/** A tool call that has no end yet. */
export interface OpenTool {
  readonly step: number
  readonly toolCallId: string
  readonly toolName: string
  /** What it has said last of its work. */
  readonly text?: string
}

export interface RunProgress {
  readonly open: readonly OpenStep[]
  /** Tools that run now. */
  readonly tools: readonly OpenTool[]
  readonly answers: number
  /** Those that gave a result or failed, as an outcome counts them. */
  readonly toolCalls: number
  /** Of the attempts that have ended. */
  readonly cost: Cost
  readonly ended?: string
}

export const NOT_STARTED: RunProgress = { open: [], tools: [], answers: 0, toolCalls: 0, cost: NO_COST }

/** As much of a text as any line shows. */
const KEPT_TEXT = 400

export function withEvent(run: RunProgress, event: RunEvent): RunProgress {
  switch (event.kind) {
    case 'step-start': {
      const { step, taskClass } = event
      const others = run.open.filter(open => open.step !== step)
      return { ...run, open: [...others, { step, taskClass, attempt: 0, faults: [], text: '' }] }
    }
    case 'attempt-start': {
      const { attempt, endpoint, reason = '' } = event
      return withStep(run, event.step, open => {
        const isHedge = readReason(reason).special === 'hedge'
        const beside = isHedge ? { attempt: open.attempt, endpoint: open.endpoint } : undefined
        return { attempt, endpoint, beside, text: '', waitsFor: undefined }
      })
    }
    case 'text-delta':
      return withStep(run, event.step, ({ text }) => ({ text: (text + event.text).slice(-KEPT_TEXT) }))
    case 'attempt-end': {
      const { fault, cost = NO_COST } = event
      const spent = { ...run, cost: addCost(run.cost, cost) }
      if (event.outcome === 'outrun')
        return withStep(spent, event.step, open => (open.attempt === event.attempt ? { ...open.beside } : {}))
      return fault
        ? withStep(spent, event.step, ({ faults }) => ({ faults: [...faults, endWords(event)], text: '' }))
        : spent
    }
    case 'wait':
      return withStep(run, event.step, () => ({ waitsFor: event.reason }))
    case 'answer':
      return { ...run, open: run.open.filter(open => open.step !== event.step), answers: run.answers + 1 }
    case 'unanswered':
      return { ...run, open: run.open.filter(open => open.step !== event.step) }
    case 'tool-start':
    case 'tool-progress':
      return { ...run, tools: [...without(run.tools, event), event] }
    case 'tool-end':
      return { ...run, tools: without(run.tools, event), toolCalls: run.toolCalls + (event.cancelled ? 0 : 1) }
    case 'run-end':
      return { ...run, open: [], tools: [], ended: event.outcome }
    case 'step-down':
      return withStep(run, event.step, () => ({ taskClass: event.to, waitsFor: undefined }))
    default:
      return run
  }
}

function withStep(run: RunProgress, step: number, change: (open: OpenStep) => Partial<OpenStep>): RunProgress {
  return { ...run, open: run.open.map(open => (open.step === step ? { ...open, ...change(open) } : open)) }
}

/** Vendors may use an id again in a later step. */
function without(tools: readonly OpenTool[], { step, toolCallId }: OpenTool): readonly OpenTool[] {
  return tools.filter(tool => tool.step !== step || tool.toolCallId !== toolCallId)
}
