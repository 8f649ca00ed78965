import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Payload } from '@temporalio/common'
import { expect, it } from 'vitest'
import { assertBelow, assertOwn } from '../../src/core/runs/own-run.ts'
import { throwAwayCodec } from './throw-away-keys.ts'

interface RecordedPayload {
  readonly metadata: Readonly<Record<string, string>>
  readonly data: string
}

interface RecordedEvent {
  readonly workflowExecutionStartedEventAttributes?: { readonly workflowId: string }
  readonly activityTaskScheduledEventAttributes?: {
    readonly activityType: { readonly name: string }
    readonly input?: { readonly payloads?: readonly RecordedPayload[] }
  }
}

const OURS = /^(hasAgent|openRun|callModel|runTool|keep\w+|askBudget|raiseBudget|giveUpCall|closeRun|closeLost)$/

const files = readdirSync(import.meta.dirname).filter(file => file.endsWith('.json'))

/** What the workflow of a history has asked of activities of ours, decoded. */
async function askedIn(file: string): Promise<readonly { workflowId: string; name: string; input: unknown }[]> {
  const { events } = JSON.parse(readFileSync(join(import.meta.dirname, file), 'utf8')) as { events: RecordedEvent[] }
  const { workflowId } = events[0]!.workflowExecutionStartedEventAttributes!
  const asked = []
  for (const { activityTaskScheduledEventAttributes: scheduled } of events) {
    const payload = scheduled?.input?.payloads?.[0]
    if (!payload || !OURS.test(scheduled.activityType.name)) continue
    asked.push({ workflowId, name: scheduled.activityType.name, input: await decoded(payload) })
  }
  return asked
}

async function decoded({ metadata, data }: RecordedPayload): Promise<unknown> {
  const bytes = Object.entries(metadata).map(([name, text]) => [name, Buffer.from(text, 'base64')] as const)
  const payload: Payload = { metadata: Object.fromEntries(bytes), data: Buffer.from(data, 'base64') }
  const [open] = await throwAwayCodec().decode([payload])
  return JSON.parse(Buffer.from(open!.data!).toString())
}

it('takes what every recorded run has asked for, of every version, for its own', async () => {
  const asked = (await Promise.all(files.map(askedIn))).flat()
  expect(asked.length).toBeGreaterThan(300)
  for (const { workflowId, name, input } of asked)
    expect(() => (name === 'closeLost' ? assertBelow : assertOwn)(workflowId, input)).not.toThrow()
})
