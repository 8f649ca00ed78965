/**
 * A run's events as lines, and its text as it comes.
 *
 * @module
 */
import { limitWords } from '../../core/budgets/limit-words.ts'
import { type Answered, byWhom, callWords, decidedWords, decisionCommands } from '../../core/decision-words.ts'
import type { RunEvent, RunEventBody } from '../../core/events.ts'
import { endWords } from '../../core/faults/attempt-end.ts'
import { eachOnce } from '../../core/words/each-once.ts'
import { shorten } from '../../core/words/shorten.ts'
import { formatCost } from '../print/money.ts'
import { eachInItsLine, raiseCommands } from '../print/next-commands.ts'
import { whyWords } from '../print/outcome.ts'
import { failedWord, formatDuration, formatInput, formatLabels, formatOutput } from '../print/words.ts'
import type { Floor } from './floor.ts'

export interface EventPrinter {
  print(event: RunEvent): void
}

/** With the run's id, for the commands that are suggested. */
export interface EventPrinterOptions extends Required<Answered> {
  readonly floor: Floor
  readonly reasoning: boolean
}

const PREVIEW = 160

export function createEventPrinter({ floor, reasoning, ...own }: EventPrinterOptions): EventPrinter {
  /** Steps whose text is a summary, which is said to nobody. */
  const summaries = new Set<number>()
  const saying = ({ step }: { readonly step: number }) => `step ${step}${summaries.has(step) ? ' · summary' : ''} │ `
  const tell = (event: Told) => {
    const line = lineOf(event, own)
    if (line !== undefined) floor.line(line)
  }
  return {
    print(event) {
      switch (event.kind) {
        case 'step-start':
          if (event.sumsUp) summaries.add(event.step)
          return tell(event)
        case 'text-delta':
          return floor.stream(keyOf(event), saying(event), event.text)
        case 'reasoning-delta':
          return reasoning ? floor.stream(`${keyOf(event)} thinks`, `step ${event.step} ┊ `, event.text) : undefined
        case 'answer':
          floor.finish(`${keyOf(event)} thinks`)
          floor.finish(keyOf(event), saying(event), event.text)
          return tell(event)
        case 'attempt-end': {
          floor.finish(`${keyOf(event)} thinks`)
          // Its answer follows, and goes on where the stream was.
          if (event.outcome === 'answered') return
          return floor.line(attemptEnd(event, floor.finish(keyOf(event))))
        }
        default:
          return tell(event)
      }
    },
  }
}

const keyOf = ({ step, attempt }: { readonly step: number; readonly attempt: number }) => `${step}#${attempt}`

type AttemptEnd = Extract<RunEventBody, { kind: 'attempt-end' }>

/** What was streamed stays on the screen, so it is said that it no longer counts. */
function attemptEnd({ step, attempt, endpoint, outcome, fault, superseded }: AttemptEnd, hasSpoken: boolean): string {
  const discarded = superseded && hasSpoken ? '; DISCARD what it said' : ''
  return `step ${step} · attempt ${attempt} at ${endpoint}: ${endWords({ outcome, fault })}${discarded}`
}

type Told = Exclude<RunEventBody, AttemptEnd | { text: string; kind: `${string}-delta` }>

/** `undefined` for what is not known here: a worker of a later version may tell of more. */
function lineOf(event: Told, told: Required<Answered>): string | undefined {
  switch (event.kind) {
    case 'run-start':
      return `run ${told.run} · ${event.workflow}`
    case 'below': {
      const line = lineOf(event.event, { ...told, run: event.run })
      return line && `below, in ${event.run}: ${line}`
    }
    case 'child-start':
      return `child ${event.run} begins${event.labels ? ` · ${formatLabels(event.labels)}` : ''}`
    case 'child-end':
      return childEndLine(event)
    case 'said':
      return `said to the run${byWords(event)}: ${shorten(event.text, PREVIEW)}`
    case 'run-reset':
      return 'the run was reset, and continues from an earlier step'
    case 'run-end':
      return runEndLine(event)
    case 'budget-raise':
      return `budget raised to ${raisedWords(event)}${byWords(event)}`
    default: {
      const words = stepWords(event, told)
      return words && `step ${event.step} · ${words}`
    }
  }
}

type OfStep = Exclude<
  Told,
  { kind: 'run-start' | 'below' | 'child-start' | 'child-end' | 'said' | 'run-reset' | 'run-end' | 'budget-raise' }
>

function stepWords(event: OfStep, told: Required<Answered>): string | undefined {
  switch (event.kind) {
    case 'step-start':
      return `${event.taskClass}${event.sumsUp ? ' · summarises the prompt' : ''}`
    case 'prompt-shortened':
      return event.by === 'clearing'
        ? 'old tool results were cleared from the prompt'
        : 'the prompt continues with a summary'
    case 'attempt-start':
      return `asks ${event.endpoint}${inWords(event)}${event.attempt > 1 ? againWords(event) : ''}`
    case 'answer':
      return answerWords(event)
    case 'unanswered':
      return `not answered: ${event.fault} · ${oneLine(event.message)}`
    case 'wait':
      return `waits ${formatDuration(event.ms)}: ${event.reason}`
    case 'step-down':
      return `steps down from ${event.from} to ${event.to}: ${event.reason}`
    case 'budget-ask':
      return [`asks for a larger budget: ${event.message}`, ...below(raiseCommands(told))].join('\n')
    case 'tool-start':
      return `tool ${event.toolName} begins${inputWords(event)}`
    case 'tool-progress':
      return `tool ${event.toolName} · ${event.text}`
    case 'tool-end':
      return `tool ${event.toolName} ${toolEndWords(event)}`
    case 'approval-decision':
      return decisionWords(event)
    case 'approval-withdrawn':
      return `${event.toolName} is no longer asked`
    case 'approval-ask': {
      const asked = `${shorten(event.inputPreview, PREVIEW)}${deadlineWords(event)}`
      return [`${askWords(event)} ${callWords(asked, event)}`, ...below(decisionCommands(told, event))].join('\n')
    }
  }
}

function byWords({ by }: { readonly by?: string }): string {
  return by === undefined ? '' : ` by ${by}`
}

function below(commands: readonly string[]): readonly string[] {
  return eachInItsLine(commands).map(line => `  ${line}`)
}

/** A long list of what was rejected is between the lines that say what happened and where to see all of it. */
function oneLine(message: string): string {
  const lines = message.split('\n')
  return lines.length > 3 ? `${lines[0]} ${lines.at(-1)}` : lines.join(' ')
}

function runEndLine({ outcome, message }: Extract<RunEventBody, { kind: 'run-end' }>): string {
  const why = whyWords(outcome, message)
  return `run ended: ${outcome}${why === undefined ? '' : ` · ${why}`}`
}

function childEndLine({ run, outcome, message, cost }: Extract<RunEventBody, { kind: 'child-end' }>): string {
  const why = whyWords(outcome, message)
  return `child ${run} ended: ${outcome}${why === undefined ? '' : ` · ${shorten(why, PREVIEW)}`} · ${formatCost(cost)}`
}

/** Of a call whose class led to another. */
function inWords({ taskClass }: Extract<RunEventBody, { kind: 'attempt-start' }>): string {
  return taskClass === undefined ? '' : ` in class ${taskClass}`
}

function againWords({ attempt, reason }: Extract<RunEventBody, { kind: 'attempt-start' }>): string {
  return ` (attempt ${attempt}${reason === undefined ? '' : `, ${reason}`})`
}

function askWords({ toolName, answers }: Extract<RunEventBody, { kind: 'approval-ask' }>): string {
  return answers ? `${toolName} is asked:` : `tool ${toolName} wants approval for`
}

function toolEndWords({ isError, failure, preview, cancelled }: Extract<RunEventBody, { kind: 'tool-end' }>): string {
  if (cancelled) return 'was cancelled'
  return `${isError ? failedWord(failure) : 'gave'}: ${shorten(preview, PREVIEW)}`
}

function inputWords({ inputPreview, cost }: Extract<RunEventBody, { kind: 'tool-start' }>): string {
  const input = inputPreview === undefined ? '' : `: ${shorten(inputPreview, PREVIEW)}`
  return cost ? `${input} · ${formatCost(cost)}` : input
}

function deadlineWords({ deadline }: Extract<RunEventBody, { kind: 'approval-ask' }>): string {
  if (!deadline) return ''
  return ` (${decidedWords(deadline.otherwise)} unless decided within ${formatDuration(deadline.withinMs)})`
}

function decisionWords(decided: Extract<RunEventBody, { kind: 'approval-decision' }>): string {
  const { toolName, decision, note = '', deadline } = decided
  const why = deadline ? 'nobody decided in time' : note
  return `${toolName} ${decidedWords(decision)} ${byWhom(decided)}${why && `: ${why}`}`
}

function raisedWords({ limitUsd, limitTokens }: Extract<RunEventBody, { kind: 'budget-raise' }>): string {
  return limitWords({ usd: limitUsd, tokens: limitTokens })
}

function answerWords(answer: Extract<RunEventBody, { kind: 'answer' }>): string {
  const { endpoint, toolCalls, truncated, cost, usage } = answer
  const tokens = [formatInput(usage), formatOutput(usage)].map(
    (text, index) => text && `${text} ${['in', 'out'][index]}`,
  )
  const tools = toolCalls.length > 0 ? `asks for ${eachOnce(toolCalls)}` : ''
  const cut = truncated ? 'cut at its output limit' : ''
  const parts = [`answered by ${endpoint}`, ...tokens, formatCost(cost), cut, tools]
  return parts.filter(part => part !== '').join(' · ')
}
