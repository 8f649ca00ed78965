/**
 * What `rules` and `split` of a class may hold.
 *
 * @module
 */
import { z } from 'zod'
import { type Comparison, WEEKDAYS, type Weekday } from '../../../core/task-class.ts'
import { nearest } from '../../../core/words/nearest.ts'
import { abilities, labels, listOf, mapping, text } from './shape-parts.ts'

export const COMPARISON = 'a comparison with a number of tokens, such as ">120000" or "<=4000"'
export const DAYS = 'days of the week in UTC, such as sat or mon-fri, or a list of these'
export const HOURS = 'hours in UTC, such as 22-06 or 08:30-17'
const WORKSPACE = 'the name of a workspace, or a list of names'
const SHARES = 'a mapping of class names to their shares, numbers above 0'

const comparison = z.string({ error: COMPARISON }).transform((written, check): Comparison => {
  const [, is, than] = /^(>=?|<=?) ?(\d{1,12})$/.exec(written) ?? []
  if (is === undefined) check.addIssue({ code: 'custom', message: COMPARISON })
  return { is: (is ?? '>') as Comparison['is'], than: Number(than) }
})

const hours = z.string({ error: HOURS }).transform((written, check): readonly [number, number] => {
  const [from, until] = written.split('-').map(minuteOfDay)
  const right = from !== undefined && until !== undefined && from !== until && written.split('-').length === 2
  if (!right) check.addIssue({ code: 'custom', message: HOURS })
  return [from ?? 0, until ?? 0]
})

/** `06` or `22:30`; `undefined` for anything else. */
function minuteOfDay(written: string): number | undefined {
  const [, hour, minute = '0'] = /^(\d{1,2})(?::(\d{2}))?$/.exec(written) ?? []
  const minutes = Number(hour) * 60 + Number(minute)
  if (hour === undefined || minutes > 24 * 60 || Number(minute) > 59) return undefined
  return minutes % (24 * 60)
}

const day = z.string({ error: DAYS }).transform((written, check): readonly Weekday[] => {
  const named = written.split('-').map(name => WEEKDAYS.indexOf(name as Weekday))
  const [from = -1, until = from] = named
  if (named.includes(-1) || named.length > 2) check.addIssue({ code: 'custom', message: DAYS })
  // From friday to monday is past the end of the week.
  const length = ((until - from + WEEKDAYS.length) % WEEKDAYS.length) + 1
  return Array.from({ length }, (_, at) => WEEKDAYS[(from + at) % WEEKDAYS.length]!)
})

/** `mon-fri` for `mon-fry` or `monday-friday`; `undefined` where one of the days is near none. */
export function daysMeant(written: string): string | undefined {
  const meant = written.split('-').map(name => nearest(name, WEEKDAYS) ?? nearest(name.trim().slice(0, 3), WEEKDAYS))
  return meant.includes(undefined) || meant.length > 2 ? undefined : meant.join('-')
}

const days = z
  .union([day, listOf(day, 'days').min(1, { error: DAYS })], { error: DAYS })
  .transform(named => WEEKDAYS.filter(each => named.flat().includes(each)))

const conditions = mapping({
  promptTokens: comparison.optional(),
  outputTokens: comparison.optional(),
  abilities: abilities.min(1, { error: 'at least one ability' }).optional(),
  workspace: z
    .union([text(WORKSPACE), listOf(text(WORKSPACE), 'workspaces').min(1, { error: WORKSPACE })], { error: WORKSPACE })
    .transform(named => [named].flat())
    .optional(),
  label: labels.optional(),
  days: days.optional(),
  hours: hours.optional(),
}).refine(when => Object.values(when).some(condition => condition !== undefined), {
  error: 'at least one condition; without `when` the rule holds for every call',
})

const rule = mapping({ when: conditions.optional(), use: text('the name of a class') })

export const rulesShape = listOf(rule, 'rules, each with when and use').min(1, { error: 'at least one rule' })

export const splitShape = z
  .record(z.string(), z.number({ error: SHARES }).positive({ error: SHARES }), { error: SHARES })
  .refine(shares => Object.keys(shares).length > 0, { error: SHARES })
