/**
 * The few lines that a terminal keeps redrawing: each run, and the steps that it is at.
 *
 * @module
 */
import { countOf } from '../../core/words/count-of.ts'
import { formatCost } from '../print/money.ts'
import type { OpenStep, OpenTool, RunProgress } from './run-progress.ts'

/** More than a run of the demo has at once; the footer must never be taller than a small screen. */
const STEPS = 5

/** One line for the run, one for each open step, none wider than `columns`. */
export function footerLines(name: string, run: RunProgress, columns: number): readonly string[] {
  const { ended, answers, toolCalls, cost, tools, open } = run
  const counts = [
    countOf(answers, 'answer'),
    ...(toolCalls > 0 ? [countOf(toolCalls, 'tool call')] : []),
    formatCost(cost),
  ]
  const now = ended ?? (tools.length > 0 ? `runs ${tools.map(toolWords).join(', ')}` : undefined)
  const head = [`▸ ${name}`, ...counts, ...(now === undefined ? [] : [now])].join(' · ')
  return [head, ...open.slice(0, STEPS).map(step => `    ${stepLine(step, columns - 4)}`)].map(line =>
    cut(line, columns),
  )
}

function toolWords({ toolName, text }: OpenTool): string {
  return text === undefined ? toolName : `${toolName} (${text})`
}

/** The text's end is what is new, so it gets the room that the rest leaves. */
function stepLine({ step, taskClass, endpoint, attempt, faults, text, waitsFor }: OpenStep, columns: number): string {
  const tries = faults.length === 0 ? '' : ` · attempt ${attempt} after ${faults.join(', ')}`
  const place = waitsFor === undefined ? (endpoint ?? '') : `waits: ${waitsFor}`
  const head = `step ${step} · ${taskClass} · ${place}${tries}`
  const room = columns - head.length - 3
  const line = text.replace(/\s+/g, ' ').trimStart()
  if (line === '' || room < 12) return head
  return `${head} │ ${line.length <= room ? line : `…${line.slice(1 - room)}`}`
}

function cut(line: string, columns: number): string {
  return line.length <= columns ? line : `${line.slice(0, Math.max(0, columns - 1))}…`
}
