import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import { stripTypeScriptTypes } from 'node:module'
import { afterEach, expect, it } from 'vitest'
import type { Alert } from '../../../src/core/alert.ts'
import { postPatiently } from '../../../src/runtime/alerts/post-patiently.ts'
import { signedHeaders } from '../../../src/runtime/webhooks/sign.ts'
import { filesOf } from '../../package/readme-files.ts'
import { onFreePort } from '../../support/on-free-port.ts'

const CODED = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
const ALERT: Alert = { kind: 'quota-gone', state: 'begun', subject: 'acme', message: 'é', at: '2026-11-27T00:00:00Z' }

type Verify = (headers: IncomingHttpHeaders, body: string, secret: string) => boolean

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

it('signs as the specification has it', () => {
  // The example of the specification's own libraries (github.com/standard-webhooks/standard-webhooks).
  const message = { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', body: '{"test": 2432232314}', atMs: 1_614_265_330_999 }
  expect(signedHeaders(message, CODED)).toEqual({
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  })
})

it.each([
  ['base64 behind whsec_', CODED],
  ['a text', 'a text that is not in base64!'.replaceAll(' ', '-')],
])('is known by the lines that the documentation has for receivers, with %s', async (_, secret) => {
  const verify = await documented()
  const { url, heard } = await listening(200)
  expect(await postPatiently({ url, secret }, ALERT, new AbortController().signal, fetch)).toBeUndefined()
  const { headers, body } = heard[0]!
  expect(JSON.parse(body)).toEqual(ALERT)
  expect(verify(headers, body, secret)).toBe(true)
  const rotated = { ...headers, 'webhook-signature': `v1,abc ${headers['webhook-signature']}` }
  expect(verify(rotated, body, secret)).toBe(true)
  expect(verify(headers, body.replace('acme', 'acne'), secret)).toBe(false)
  expect(verify(headers, body, `${secret.slice(0, -1)}A`)).toBe(false)
  expect(verify({ ...headers, 'webhook-id': 'msg_other' }, body, secret)).toBe(false)
  expect(verify({ ...headers, 'webhook-timestamp': '1614265330' }, body, secret)).toBe(false)
  expect(verify({ ...headers, 'webhook-signature': undefined }, body, secret)).toBe(false)
  // As many characters, in more bytes: what throws here would end a receiver.
  expect(verify({ ...headers, 'webhook-signature': `v1,${'é'.repeat(44)}` }, body, secret)).toBe(false)
  expect(JSON.stringify(heard)).not.toContain(secret)
})

it('has one id for all tries of an alert, and another for the next alert', async () => {
  const { url, heard } = await listening(500, 200)
  const closing = new AbortController().signal
  for (const subject of ['acme', 'other'])
    await postPatiently({ url, secret: CODED }, { ...ALERT, subject }, closing, fetch)
  const ids = heard.map(({ headers }) => headers['webhook-id'])
  expect(ids).toHaveLength(3)
  expect(ids[0]).toBe(ids[1])
  expect(ids[2]).not.toBe(ids[0])
})

it('sends no signature without a secret', async () => {
  const { url, heard } = await listening(200)
  await postPatiently({ url }, ALERT, new AbortController().signal, fetch)
  expect(heard[0]!.headers).not.toHaveProperty('webhook-signature')
  expect(heard[0]!.headers['webhook-id']).toMatch(/^msg_/)
})

it('follows no redirect, and says what was answered', async () => {
  const elsewhere = await listening(200)
  const { url, heard } = await listening(307, { location: elsewhere.url })
  const closing = new AbortController()
  const posted = postPatiently({ url, secret: CODED }, ALERT, closing.signal, fetch)
  await expect.poll(() => heard).toHaveLength(1)
  closing.abort()
  expect(await posted).toMatch(/^it answered 307; this is not sent again/)
  expect(elsewhere.heard).toEqual([])
})

it('gives up on a webhook that breaks off in its answer, and ends no worker by it', async () => {
  const server = createServer((_, reply) => {
    reply.writeHead(200, { 'content-length': '1000' })
    reply.write('x', () => reply.destroy())
  })
  const closing = new AbortController()
  closing.abort()
  const problem = await postPatiently({ url: await addressOf(server) }, ALERT, closing.signal, fetch)
  expect(problem ?? 'it cannot be reached').toMatch(/^it cannot be reached/)
})

async function documented(): Promise<Verify> {
  const source = stripTypeScriptTypes(filesOf('docs/observability.md').get('verify.ts')!)
  return (await import(`data:text/javascript,${encodeURIComponent(source)}`)).verify
}

/** Answers with each status in turn, and from then on with the last. */
async function listening(...answers: readonly (number | Record<string, string>)[]) {
  const statuses = answers.filter(answer => typeof answer === 'number')
  const headers = answers.find(answer => typeof answer === 'object')
  const heard: { headers: IncomingHttpHeaders; body: string }[] = []
  const server = createServer(async (request, reply) => {
    let body = ''
    for await (const chunk of request.setEncoding('utf8')) body += chunk
    heard.push({ headers: request.headers, body })
    reply.writeHead(statuses[heard.length - 1] ?? statuses.at(-1)!, headers).end()
  })
  return { heard, url: await addressOf(server) }
}

async function addressOf(server: Server): Promise<string> {
  servers.push(server)
  const address = await onFreePort(server)
  return `http://${address}/hook`
}
