import { noopMetricMeter } from '@temporalio/common'
import { expect, it } from 'vitest'
import type { AttemptEnd } from '../../../src/core/ports.ts'
import { createMetrics } from '../../../src/runtime/telemetry/metrics.ts'
import { UNDERSCORED } from '../../../src/runtime/telemetry/names.ts'
import { newAttempt, newCall } from '../../store/records.ts'

it.each<[string, Pick<AttemptEnd, 'outcome' | 'fault'>]>([
  ['answered', { outcome: 'answered' }],
  ['rate-limited', { outcome: 'fault', fault: { kind: 'rate-limited', message: '', evidence: {} } }],
  ['abandoned', { outcome: 'abandoned' }],
  ['cancelled', { outcome: 'cancelled', fault: { kind: 'cancelled', message: '', evidence: {} } }],
  // A worker that ends aborts what it has under way, as a cancelled run does; its call goes on elsewhere.
  ['handed-over', { outcome: 'abandoned', fault: { kind: 'cancelled', message: '', evidence: {} } }],
])('counts an attempt as %s', (counted, end) => {
  const outcomes: unknown[] = []
  const counter = (name: string) => ({
    add: (_: number, { outcome }: Record<string, unknown>) =>
      void (name === 'signalbox_attempts' && outcomes.push(outcome)),
  })
  const meter = Object.assign(Object.create(noopMetricMeter), { createCounter: counter })
  createMetrics(meter, UNDERSCORED).attemptEnded(newAttempt(newCall(1), 1), { ...end, endedAtMs: 1 })
  expect(outcomes).toEqual([counted])
})
