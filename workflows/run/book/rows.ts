/**
 * The table that a person sees in the Temporal UI while a run works.
 *
 * @module
 */
import { addCost, exactCost } from '../../../src/core/money/cost.ts'
import { formatMoney } from '../../../src/core/money/format-money.ts'
import type { Cost, Outcome, RunToolInput, Spent } from '../../../src/core/protocol.ts'
import type { Usage } from '../../../src/core/usage.ts'
import { classWords } from '../../../src/core/words/class-words.ts'
import { countOf, grouped } from '../../../src/core/words/count-of.ts'
import { formatDuration } from '../../../src/core/words/format-duration.ts'
import { plainMarkdown } from '../../../src/core/words/markdown.ts'

/** One call as a line of the table. */
export interface StepRow {
  readonly step: number
  /** The class, or the child run's id. */
  readonly asked: string
  readonly answeredBy: string
  readonly attempts: number
  readonly usage: Usage
  readonly cost: Cost
  /** From when it was asked until it ended, as `show` counts it: with its waits, and two attempts beside each other once. */
  readonly ms?: number
}

/** A rendered line, and of which calls it is if they are of a tool with a price. */
export interface Row {
  readonly line: string
  readonly ofTool?: PricedTool
}

/** A tool's calls in one step that cost something. */
interface PricedTool {
  readonly step: number
  readonly name: string
  readonly calls: number
  readonly cost: Cost
}

/** The lines that are kept: enough to see where a run is, few enough for half a page's width and height. */
const ROWS = 12

/** Adds a call to the rendered rows, dropping the oldest. */
export function withRow(rows: readonly Row[], row: StepRow): readonly Row[] {
  return [...rows.slice(1 - ROWS), { line: renderRow(row) }]
}

/** Adds what a call of a tool has cost. The calls of a step share a line: an agent may ask for many at once. */
export function withToolPrice(
  rows: readonly Row[],
  { step, toolName: name }: Pick<RunToolInput, 'step' | 'toolName'>,
  pricePico: string | undefined,
): readonly Row[] {
  if (pricePico === undefined) return rows
  const at = rows.findIndex(({ ofTool }) => ofTool?.step === step && ofTool.name === name)
  const before = rows[at]?.ofTool
  const price = exactCost(BigInt(pricePico))
  const ofTool = {
    step,
    name,
    calls: (before?.calls ?? 0) + 1,
    cost: before ? addCost(before.cost, price) : price,
  }
  const row = { ofTool, line: renderToolRow(ofTool) }
  return before ? rows.with(at, row) : [...rows.slice(1 - ROWS), row]
}

/** A call that has ended. */
export function rowOf(
  step: number,
  taskClass: string,
  answeredBy: string,
  spent: Spent & { readonly ms: number },
): StepRow {
  const { attempts, usage, cost, ms, servedClass } = spent
  const asked = classWords(taskClass, servedClass)
  return { step, asked, answeredBy, attempts: attempts.length, usage, cost, ms }
}

/** A child run that has ended, as a line among the calls; its tries and its time are its own. */
export function childRow(step: number, child: string, { kind, calls, usage, cost }: Outcome): StepRow {
  return { step, asked: child, answeredBy: `${kind}, ${countOf(calls, 'call')}`, attempts: 1, usage, cost }
}

/**
 * The current details as Markdown, in half of the page's width, which cuts off what is wider: few and narrow columns, of which words
 * and tokens may break. Cells are padded with no-break spaces, for the UI gives table cells no padding; as characters, for it shows
 * the entity as it is written.
 */
export function renderDetails(lines: readonly string[], rows: readonly Row[]): string {
  const head = lines.filter(line => line !== '').join('\n\n')
  if (rows.length === 0) return head
  const table = ['step', 'class', 'model', 'tokens', 'cost', 'time'].map(cell).join('|')
  return `${head}\n\n|${table}|\n|--:|---|---|--:|--:|--:|\n${rows.map(({ line }) => line).join('\n')}`
}

function renderRow(row: StepRow): string {
  const { inputTokens, outputTokens } = row.usage
  const tokens = `${count(inputTokens)} → ${count(outputTokens)}`
  const model = row.attempts > 1 ? `${row.answeredBy}, ${row.attempts} attempts` : row.answeredBy
  const figures = [money(row.cost), formatDuration(row.ms)].map(unbroken)
  return lineOf([String(row.step), plainMarkdown(row.asked), plainMarkdown(model), tokens, ...figures])
}

/** A tool has no class, model or tokens. The time of calls side by side is not that of one. */
function renderToolRow({ step, name, calls, cost }: PricedTool): string {
  return lineOf([String(step), plainMarkdown(name), countOf(calls, 'tool call'), '', unbroken(money(cost)), ''])
}

const lineOf = (cells: readonly string[]) => `|${cells.map(cell).join('|')}|`

const PADDING = '\u00a0'
/** May break between words and before an arrow, though not behind a number or an arrow. */
const cell = (text: string) => `${PADDING}${text.replace(/(?<=[→\d]) (?!→)/g, PADDING)}${PADDING}`
const unbroken = (figure: string) => figure.replaceAll(' ', PADDING)
const count = (tokens: number | undefined) => (tokens === undefined ? '?' : grouped(tokens))

/** A cost for people, and `≤` where only the upper bound is known. */
export function money(cost: Cost): string {
  const text = formatMoney(BigInt(cost.highPico))
  return cost.lowPico === cost.highPico ? text : `≤ ${text}`
}
