/** The batch interfaces, against vendors that speak them over HTTP. */
import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Ask, Submitted } from '../../src/core/ports.ts'
import { createModels, type Models } from '../../src/providers/create-models.ts'
import { type FaultRuleInput, type RunningVendors, startVendors } from '../../src/providers/simulated/index.ts'
import { askOf, endpointOf, settingsOf } from '../support/model-asks.ts'
import { onFreePort } from '../support/on-free-port.ts'

const PROTOCOLS = ['anthropic', 'openai-responses', 'openai', 'google'] as const

describe.each(PROTOCOLS)('%s', protocol => {
  const endpoint = endpointOf(protocol)
  let running: RunningVendors
  let models: Models
  beforeAll(async () => {
    const model = { contextWindow: 200_000, maxOutput: 8_192, price: { input: 2, output: 10 } }
    running = await startVendors({
      vendors: [{ name: protocol, protocol, apiKey: 'sk-test', batchMs: 600, models: { [endpoint.upstream]: model } }],
    })
    const { origin } = new URL(running.vendors[0]!.baseUrl)
    models = createModels([settingsOf(protocol, origin, { apiKey: 'sk-test' })])
  })
  afterAll(async () => {
    await models.close()
    await running.close()
  })

  const asked = (id: string, changes: Partial<Ask> = {}) => askOf(endpoint, { wireRequestId: id, ...changes })
  const submitted = async (id: string, changes?: Partial<Ask>) => {
    const said = await models.submit(asked(id, changes))
    if (said.kind !== 'submitted') throw new Error(said.kind === 'fault' ? said.fault.message : said.kind)
    return said.batch
  }
  const ended = (id: string, batch: string) =>
    expect.poll(async () => models.look(asked(id), batch), { interval: 10, timeout: 5_000 })
  const withFaults = async (faults: readonly FaultRuleInput[], act: () => Promise<void>) => {
    await running.setFaults(protocol, faults)
    await act().finally(() => running.setFaults(protocol, []))
  }

  it('takes a request, and gives the answer later, at half the price', async () => {
    const outgoing: unknown[] = []
    const gate: Ask['gate'] = async each => void outgoing.push(each)
    const batch = await submitted('one', { gate })
    expect(outgoing).toMatchObject([{ inBatch: true, priceRange: { leastPercent: 50, mostPercent: 50 } }])
    expect(await models.look(asked('one'), batch)).toEqual({ kind: 'pending' })
    await ended('one', batch).toMatchObject({
      kind: 'answer',
      finish: 'stop',
      priceRange: { leastPercent: 50, mostPercent: 50 },
    })
    const row = running.meter().find(({ clientRequestId }) => clientRequestId === 'one')!
    const whole = row.inputTokens! * 2 + row.outputTokens! * 10
    expect(row).toMatchObject({ inBatch: true, outcome: 'answered', billedPico: String((whole * 1e6) / 2) })
  })

  it('sends nothing that the gate holds back, or that has to be kept by nobody', async () => {
    const held = new Error('held')
    await expect(models.submit(asked('held', { gate: () => Promise.reject(held) }))).rejects.toBe(held)
    expect(await models.submit(asked('zdr', { zdr: true }))).toMatchObject({
      billable: 'no',
      fault: { kind: 'invalid-request' },
    })
  })

  it('tells the error of a request as that of the ordinary interface', async () => {
    await withFaults([{ kind: 'context-too-long' }], async () => {
      await ended('long', await submitted('long')).toMatchObject({
        billable: 'no',
        fault: { kind: 'context-too-long' },
      })
    })
  })

  it('tells what has expired, was cancelled or is gone', async () => {
    await withFaults([{ kind: 'reset' }], async () => {
      const evidence = { code: 'batch-expired' }
      await ended('late', await submitted('late')).toMatchObject({ fault: { kind: 'timed-out', evidence } })
    })
    const batch = await submitted('cancelled')
    await models.withdraw(endpoint, batch)
    expect(await models.look(asked('cancelled'), batch)).toMatchObject({
      billable: 'no',
      fault: { kind: 'cut-off', evidence: { code: 'batch-cancelled' } },
    })
    expect(await models.look(asked('gone'), 'batch_gone')).toMatchObject({
      billable: 'maybe',
      fault: { kind: 'cut-off' },
    })
  })

  it('finds a batch whose reply was lost, at a vendor that lists what it was told of each', async () => {
    const { origin } = new URL(running.vendors[0]!.baseUrl)
    const losing = await between(origin)
    const others = createModels([settingsOf(protocol, losing.origin, { apiKey: 'sk-test' })])
    const [said, batch] = [await others.submit(asked('lost')), await submitted('beside')]
    const sought = { id: 'lost', sinceMs: Date.now() - 1_000 }
    const found = await models.find(endpoint, sought)
    const id = found?.kind === 'submitted' ? found.batch : undefined
    if (protocol === 'anthropic') expect([said, found]).toMatchObject([{ kind: 'fault', billable: 'maybe' }, undefined])
    else expect(said).toEqual({ kind: 'submitted', batch: id })
    expect(id).not.toBe(batch)
    expect(await models.find(endpoint, { ...sought, id: 'never' })).toBeUndefined()
    await others.close()
    await losing.close()
  })

  it('learns the id of a batch that was made while nobody wanted it any more, and makes none afterwards', async () => {
    const { origin } = new URL(running.vendors[0]!.baseUrl)
    const cancelling = new AbortController()
    const slow = await between(origin, async () => {
      cancelling.abort()
      await new Promise(resolve => setTimeout(resolve, 100))
    })
    const others = createModels([settingsOf(protocol, slow.origin, { apiKey: 'sk-test' })])
    const said = await others.submit(asked('unwanted', { signal: cancelling.signal }))
    expect(said).toMatchObject({ kind: 'submitted' })
    await models.withdraw(endpoint, (said as Submitted).batch)
    const late = await others.submit(asked('too late', { signal: cancelling.signal }))
    expect(late).toMatchObject({ billable: 'no', fault: { kind: 'cancelled' } })
    await others.close()
    await slow.close()
    await new Promise(resolve => setTimeout(resolve, 700))
    // What it has made is withdrawn, and no other has come there.
    const served = running.meter().map(({ clientRequestId }) => clientRequestId)
    expect(['unwanted', 'too late'].filter(id => served.includes(id))).toEqual([])
  })

  it('is unsure of a batch where the list cannot be had now, and not where it is refused', async () => {
    let status = 503
    const server = createServer((_request, response) => response.writeHead(status).end('{}'))
    const down = createModels([settingsOf(protocol, `http://${await onFreePort(server)}`, { apiKey: 'sk-test' })])
    const [sought, unsure] = [{ id: 'one', sinceMs: Date.now() }, { kind: 'unsure' }]
    expect(await down.find(endpoint, sought)).toEqual(protocol === 'anthropic' ? undefined : unsure)
    const lost = await down.submit(asked('lost'))
    if (protocol === 'google') expect(lost).toEqual(unsure)
    status = 403
    expect(await down.find(endpoint, sought)).toBeUndefined()
    await down.close()
    server.close()
  })

  it('looks no further in a list that gives the same page again, and for nobody who was told to end', async () => {
    let asks = 0
    const page = {
      ...{ data: [{ id: 'batch_1', created_at: 4e9, metadata: null }], has_more: true },
      ...{ operations: [{ name: 'batches/1', metadata: { createTime: '2100-01-01T00:00:00Z' } }], nextPageToken: '1' },
    }
    const server = createServer((_request, response) => response.end(JSON.stringify({ ...page, asks: ++asks })))
    const same = createModels([settingsOf(protocol, `http://${await onFreePort(server)}`, { apiKey: 'sk-test' })])
    const sought = { id: 'never', sinceMs: Date.now() }
    expect(await same.find(endpoint, sought)).toBeUndefined()
    expect(asks).toBe(protocol === 'anthropic' ? 0 : 2)
    await same.find(endpoint, { ...sought, signal: AbortSignal.abort() })
    expect(asks).toBe(protocol === 'anthropic' ? 0 : 2)
    await same.close()
    server.close()
  })

  it('reads no reply without end', async () => {
    const server = createServer((_request, response) =>
      response.end(`{"id":"batch_1","name":"batches/1","more":"${'x'.repeat(2_000)}"}`),
    )
    const settings = settingsOf(protocol, `http://${await onFreePort(server)}`, { apiKey: 'sk-test' })
    const talked = createModels([settings], { limits: { maxReplyBytes: 1_000 } })
    expect(await talked.submit(asked('talked'))).toMatchObject({ fault: { evidence: { code: 'too-large' } } })
    await talked.close()
    server.close()
  })

  it('says that nothing is billed where nobody was reached', async () => {
    const nobody = createModels([settingsOf(protocol, 'http://127.0.0.1:9', { apiKey: 'sk-test' })])
    expect(await nobody.submit(asked('nobody'))).toMatchObject({ billable: 'no', fault: { kind: 'unreachable' } })
    await nobody.close()
  })

  it('loses no batch where the package makes no request now', async () => {
    const batch = await submitted('refused here')
    const providerOptions = {
      anthropic: { thinking: 1 },
      openai: { parallelToolCalls: 'often' },
      google: { labels: 1 },
    }
    expect(await models.look(asked('refused here', { settings: { providerOptions } }), batch)).toEqual({
      kind: 'pending',
    })
  })

  it('tells a key that is refused, and loses no batch for that', async () => {
    const { origin } = new URL(running.vendors[0]!.baseUrl)
    const batch = await submitted('kept')
    const others = createModels([settingsOf(protocol, origin, { apiKey: 'sk-other' })])
    expect(await others.submit(asked('refused'))).toMatchObject({ billable: 'no', fault: { kind: 'unauthenticated' } })
    expect(await others.look(asked('kept'), batch)).toEqual({ kind: 'pending' })
    await others.close()
    await ended('kept', batch).toMatchObject({ kind: 'answer' })
  })
})

/** Passes requests on. The reply to one that has made a batch is as it says; without it, the connection is cut instead. */
async function between(to: string, afterMade?: () => Promise<void>) {
  const server = createServer(async (request, response) => {
    const { url = '', method = '', headers } = request
    const { host: _host, connection: _connection, 'content-length': _length, ...own } = headers
    const body = method === 'POST' ? { body: await text(request) } : {}
    const reply = await fetch(`${to}${url}`, { method, headers: own as Record<string, string>, ...body })
    const said = await reply.text()
    const hasMade = method === 'POST' && /\/batches$|:batchGenerateContent$/.test(url)
    if (hasMade) await afterMade?.()
    if (hasMade && !afterMade) request.socket.destroy()
    else response.writeHead(reply.status).end(said)
  })
  const origin = `http://${await onFreePort(server)}`
  return { origin, close: () => new Promise(resolve => server.close(resolve)) }
}
