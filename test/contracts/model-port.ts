/**
 * What every model port owes to its callers, whoever answers on the other side.
 *
 * @module
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Endpoint, ProviderSettings } from '../../src/core/endpoints.ts'
import type { ReplyAnswer } from '../../src/core/ports.ts'
import { createModels, type Models } from '../../src/providers/create-models.ts'
import { askOf, CANARY_KEY, CANARY_PROMPT, WEATHER } from '../support/model-asks.ts'

/** What the vendor does with the next request. `hanging`: it begins an answer and does not come to its end. */
export type Scenario = 'text' | 'tools' | 'rate-limited' | 'failing' | 'cut-off' | 'hanging'

/** One vendor that speaks one protocol, started for the suite. */
export interface Vendor {
  readonly endpoint: Endpoint
  readonly settings: ProviderSettings
  /** Told before each request. */
  prepare(scenario: Scenario): void | Promise<void>
  /** The value of `x-client-request-id` of each request so far. */
  requestIds(): readonly (string | undefined)[] | Promise<readonly (string | undefined)[]>
  /** Resolves when the connection of the last request is closed; absent where the vendor cannot tell. */
  lastClosed?(): Promise<unknown>
  stop(): Promise<void>
}

export interface Subject {
  readonly name: string
  start(): Promise<Vendor>
  /** What this vendor cannot do, and why. */
  readonly skip?: Partial<Record<Scenario, string>>
}

export function describeModelPort(subject: Subject): void {
  describe(`model port: ${subject.name}`, () => {
    let vendor: Vendor
    let models: Models
    beforeAll(async () => {
      vendor = await subject.start()
      models = createModels([vendor.settings])
    })
    afterAll(async () => {
      await models.close()
      await vendor.stop()
    })
    const scenario = (needed: Scenario, title: string, run: () => Promise<void>) => {
      const reason = subject.skip?.[needed]
      it.skipIf(reason)(reason ? `${title} (${reason})` : title, async () => {
        await vendor.prepare(needed)
        await run()
      })
    }

    scenario('text', 'answers with text, deltas that add up, and counts', async () => {
      let heard = ''
      const onDelta = (kind: string, text: string) => {
        if (kind === 'text') heard += text
      }
      const reply = (await models.ask(askOf(vendor.endpoint, { onDelta }))) as ReplyAnswer
      expect(reply).toMatchObject({ kind: 'answer', finish: 'stop', message: { role: 'assistant' } })
      expect(reply.text).not.toBe('')
      expect(heard).toBe(reply.text)
      // Some count nothing: then it is unknown. No prompt is one of no tokens.
      expect(reply.usage.inputTokens ?? 1).toBeGreaterThan(0)
      expect(reply.usage.outputTokens).toBeGreaterThanOrEqual(0)
      expect(reply.timings.totalMs).toBeGreaterThanOrEqual(reply.timings.firstTokenMs!)
      expect(JSON.parse(JSON.stringify(reply))).toEqual(reply)
    })

    scenario('text', 'tells the gate what leaves, and the vendor our id of it', async () => {
      const before = (await vendor.requestIds()).length
      let outgoing: unknown
      const gate = async (shown: unknown) => {
        outgoing = shown
        expect(await vendor.requestIds()).toHaveLength(before)
      }
      await models.ask(askOf(vendor.endpoint, { gate, wireRequestId: 'call-7#1' }))
      expect(outgoing).toMatchObject({ maxOutputTokens: 500 })
      expect((await vendor.requestIds()).slice(before)).toEqual(['call-7#1'])
    })

    scenario('text', 'rejects with the very thing that the gate threw, and nothing leaves', async () => {
      const before = (await vendor.requestIds()).length
      const held = { reason: 'over budget' }
      const gate = () => Promise.reject(held)
      await expect(models.ask(askOf(vendor.endpoint, { gate }))).rejects.toBe(held)
      expect(await vendor.requestIds()).toHaveLength(before)
    })

    scenario('tools', 'hands tool calls on with parsed input', async () => {
      const reply = (await models.ask(askOf(vendor.endpoint, { tools: [WEATHER] }))) as ReplyAnswer
      expect(reply).toMatchObject({ kind: 'answer', finish: 'tool-calls' })
      const call = reply.message.content.find(part => part.type === 'tool-call')
      expect(call).toMatchObject({ toolName: 'get_weather', toolCallId: expect.any(String), input: expect.any(Object) })
    })

    scenario('tools', 'tells the vendor which tool is chosen', async () => {
      let outgoing: unknown
      const gate = async (shown: unknown) => {
        outgoing = shown
      }
      const asked = { tools: [WEATHER], toolChoice: 'get_weather', gate }
      const reply = (await models.ask(askOf(vendor.endpoint, asked))) as ReplyAnswer
      expect(JSON.stringify(outgoing)).toMatch(/"(?:tool_?choice|functionCallingConfig)":/i)
      expect(reply.message.content).toContainEqual(expect.objectContaining({ toolName: 'get_weather' }))
    })

    scenario('rate-limited', 'says that it is rate limited, for how long, and that it costs nothing', async () => {
      const reply = await models.ask(askOf(vendor.endpoint))
      expect(reply).toMatchObject({ kind: 'fault', billable: 'no', fault: { kind: 'rate-limited' } })
      expect(reply).toMatchObject({ fault: { evidence: { status: 429, retryAfterMs: expect.any(Number) } } })
    })

    scenario('failing', 'says that the vendor fails, without key or prompt', async () => {
      const reply = await models.ask(askOf(vendor.endpoint))
      expect(reply).toMatchObject({ kind: 'fault', fault: { kind: 'overloaded' } })
      expect(JSON.stringify(reply)).not.toMatch(new RegExp(`${CANARY_KEY}|${CANARY_PROMPT}`))
    })

    scenario('cut-off', 'never takes half an answer for a whole one', async () => {
      const reply = await models.ask(askOf(vendor.endpoint))
      expect(reply).toMatchObject({ kind: 'fault', billable: 'maybe', fault: { kind: 'cut-off' } })
    })

    scenario('hanging', 'closes the connection when it is cancelled', async () => {
      const controller = new AbortController()
      const onDelta = () => controller.abort()
      const reply = await models.ask(askOf(vendor.endpoint, { signal: controller.signal, onDelta }))
      expect(reply).toMatchObject({ kind: 'fault', billable: 'maybe', fault: { kind: 'cancelled' } })
      await vendor.lastClosed?.()
    })
  })
}
