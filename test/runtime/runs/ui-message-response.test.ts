import { afterEach, expect, it, vi } from 'vitest'
import type { RunEvent } from '../../../src/core/events.ts'
import { uiMessageResponse } from '../../../src/runtime/runs/ui-message-response.ts'

afterEach(() => void vi.useRealTimers())

const never = async () => expect.unreachable('nothing is read')

/** A run in which nothing happens until its reader leaves. */
function silentRun() {
  const leaving: { signal?: AbortSignal | undefined } = {}
  const run = {
    id: 'chat-1',
    exists: async () => true,
    async *events({ signal }: { readonly signal?: AbortSignal | undefined } = {}): AsyncGenerator<RunEvent> {
      leaving.signal = signal
      if (signal?.aborted) return
      await new Promise<void>(resolve => signal?.addEventListener('abort', () => resolve()))
    },
    messages: never,
    toolResult: never,
    state: never,
    outcome: never,
  }
  return { run, leaving }
}

it('keeps a connection open on which nothing comes, and ends its reading when the reader leaves', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const { run, leaving } = silentRun()
  const response = await uiMessageResponse(run)
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'content-type': 'text/event-stream',
    'x-vercel-ai-ui-message-stream': 'v1',
  })
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
  expect((await reader.read()).value).toMatch(/^data: \{"type":"start",.*\}\n\n$/)
  const silent = reader.read()
  await vi.advanceTimersByTimeAsync(15_000)
  expect((await silent).value).toMatch(/^: .*\n\n$/)
  await reader.cancel()
  expect(leaving.signal?.aborted).toBe(true)
})

it('asks servers and proxies not to compress it, which would hold the words back until the end', async () => {
  const { run } = silentRun()
  const { headers, body } = await uiMessageResponse(run)
  await body?.cancel()
  expect(headers.get('cache-control')?.split(', ')).toContain('no-transform')
})

it('ends where its request is told to, and is empty for a run that there is not', async () => {
  const { run } = silentRun()
  const asked = new AbortController()
  const response = await uiMessageResponse(run, { signal: asked.signal })
  const text = response.text()
  asked.abort()
  expect(await text).toMatch(/^data: .*\n\ndata: \[DONE\]\n\n$/)
  const none = await uiMessageResponse({ ...run, exists: async () => false })
  expect([none.status, none.body]).toEqual([204, null])
  await expect(uiMessageResponse(run, { afer: 3 } as never)).rejects.toThrow("has 'afer', which does not exist")
})
