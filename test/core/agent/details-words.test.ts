import { expect, it } from 'vitest'
import { NO_COST } from '../../../src/core/money/cost.ts'
import type { Book } from '../../../workflows/run/book/book.ts'
import { renderDetails, withRow } from '../../../workflows/run/book/rows.ts'
import { headLines } from '../../../workflows/run/shown/head-lines.ts'

const RUN = { id: 'run-1', key: 'key-1', workspace: 'press', labels: {} }
const LINK = '[all](http://evil.test) | <b>'
const SHOWN = '\\[all\\](http://evil.test) \\| \\<b\\>'

it('shows in its status what a label says, as it is', () => {
  const waits = new Set([
    { words: `waiting for a larger budget: customers for label customer=${LINK}`, forRaise: true },
  ])
  const totals = { cost: NO_COST, calls: 0, toolCalls: 0 }
  const book = {
    workflow: 'clerk',
    ref: RUN,
    terms: {},
    step: 1,
    totals,
    waits,
    short: new Map(),
    promptWords: undefined,
  }
  const none = { toolsAtWork: new Map(), children: new Map() }
  const [, status] = headLines({ ...book, ...none } as unknown as Book)
  expect(status).toContain(`**waiting for a larger budget: customers for label customer=${SHOWN}** · step 1`)
})

it('shows in its table the id of a run below, as it is', () => {
  const row = { step: 1, asked: LINK, answeredBy: 'answered, 2 calls', attempts: 1, usage: {}, cost: NO_COST }
  const details = renderDetails([], withRow([], row))
  expect(details.split('\n').at(-1)).toContain(`|\u00a0${SHOWN}\u00a0|\u00a0answered, 2\u00a0calls\u00a0|`)
})
