import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { connect, createServer as createPort, type Socket } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { deferred } from '../../src/providers/deferred.ts'
import { proxyOf } from '../../src/providers/transport/proxies.ts'
import { createPlugin } from '../../src/runtime/plugin.ts'
import { proxiesOf } from '../../src/runtime/proxies.ts'
import { openStore } from '../../src/store/index.ts'
import { onFreePort } from '../support/on-free-port.ts'
import { type Harness, startHarness } from '../support/port-harness.ts'
import { replyText } from '../support/replies.ts'
import { replying } from '../support/scripted-vendor.ts'
import { soundConfiguration } from '../support/sound-configuration.ts'

let harness: Harness
beforeAll(async () => {
  harness = await startHarness()
})
afterAll(() => harness.stop())

const TEXT = replyText('openai-compatible', 'text.sse')
const deadlines = { connectMs: 300, firstTokenMs: 2_000, stallMs: 2_000, totalMs: 5_000 }

function askAt(baseUrl: string, proxies: Record<string, string>) {
  const settings = { baseUrl, deadlines }
  return harness.ask('openai-compatible', replying(TEXT), { settings, options: { proxies } })
}

describe('a vendor of the plain web', () => {
  it('is asked through the proxy, which gets its own name and password', async () => {
    const http = harness.vendor.url.replace('http://', 'http://clerk:opensesame@')
    expect(await askAt('http://vendor.invalid/v1', { http })).toMatchObject({ kind: 'answer' })
    const { path, headers } = harness.vendor.seen.at(-1)!
    expect(path).toBe('http://vendor.invalid/v1/chat/completions')
    expect(headers['proxy-authorization']).toBe(`Basic ${Buffer.from('clerk:opensesame').toString('base64')}`)
  })

  it('is asked through a SOCKS proxy', async () => {
    const asked: string[] = []
    const vendorPort = Number(new URL(harness.vendor.url).port)
    const proxy = createPort(async socket => {
      socket.on('error', () => {})
      const heard = async (): Promise<Buffer> => (await once(socket, 'data'))[0]
      if ((await heard())[0] !== 5) return socket.destroy()
      socket.write(Buffer.from([5, 2]))
      asked.push(String(await heard()).replace(/[^a-z]+/g, ' '))
      socket.write(Buffer.from([1, 0]))
      asked.push(String((await heard()).subarray(5, -2)))
      socket.write(Buffer.from([5, 0, 0, 1, 0, 0, 0, 0, 0, 0]))
      socket.pipe(connect(vendorPort, '127.0.0.1')).pipe(socket)
    })
    const address = await onFreePort(proxy)
    const http = `socks5://clerk:opensesame@${address}`
    const reply = await askAt('http://vendor.invalid/v1', { http })
    proxy.close()
    expect(reply).toMatchObject({ kind: 'answer' })
    expect(asked).toEqual([' clerk opensesame', 'vendor.invalid'])
  })

  it('is reached directly where it is excepted', async () => {
    const before = harness.vendor.seen.length
    const reply = await askAt('http://vendor.invalid/v1', {
      http: harness.vendor.url,
      except: 'other.example,.invalid',
    })
    expect(reply).toMatchObject({ kind: 'fault', billable: 'no', fault: { kind: 'unreachable' } })
    expect(harness.vendor.seen).toHaveLength(before)
  })

  it('is reached directly on this machine', async () => {
    const reply = await askAt(`${harness.vendor.url}/v1`, { http: 'http://127.0.0.1:1', https: 'http://127.0.0.1:1' })
    expect(reply).toMatchObject({ kind: 'answer' })
    expect(harness.vendor.seen.at(-1)!.path).toBe('/v1/chat/completions')
  })
})

describe('a vendor behind TLS', () => {
  const tunnels: { readonly host: string; readonly socket: Socket }[] = []
  let proxy: Server
  let https: string
  let answer: (socket: Socket) => void

  beforeAll(async () => {
    proxy = createServer().on('connect', (request, socket) => {
      tunnels.push({ host: request.url!, socket: socket as Socket })
      socket.on('error', () => {})
      answer(socket as Socket)
    })
    const address = await onFreePort(proxy)
    https = `http://clerk:opensesame@${address}`
  })
  afterEach(() => {
    for (const { socket } of tunnels.splice(0)) socket.destroy()
  })
  afterAll(() => proxy.close())

  it('gets a tunnel, and TLS begins in it', async () => {
    const hello = deferred<Buffer>()
    answer = socket => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
      socket.once('data', bytes => {
        hello.resolve(bytes)
        socket.destroy()
      })
    }
    const reply = askAt('https://vendor.invalid/v1', { https })
    const handshake = 22
    expect((await hello.promise)[0]).toBe(handshake)
    expect(tunnels[0]!.host).toBe('vendor.invalid:443')
    expect(await reply).toMatchObject({ kind: 'fault', billable: 'no', fault: { kind: 'unreachable' } })
  })

  it('has timed out when the proxy has a tunnel and nobody is at its other end, and the fault says where to look', async () => {
    answer = socket => void socket.write('HTTP/1.1 200 OK\r\n\r\n')
    const reply = await askAt('https://vendor.invalid/v1', { https })
    expect(reply).toMatchObject({ fault: { kind: 'timed-out', evidence: { deadline: 'connect' } } })
    expect(JSON.stringify(reply)).toContain('HTTPS_PROXY is set, and the proxy may be to blame')
  })

  it.each([
    ['refuses', (socket: Socket) => void socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n')],
    ['hangs up', (socket: Socket) => void socket.destroy()],
    ['says nothing', () => {}],
  ])('is unreachable when the proxy %s, and the fault says where to look', async (_, behaves) => {
    answer = behaves
    const reply = await askAt('https://vendor.invalid/v1', { https })
    expect(reply).toMatchObject({ kind: 'fault', billable: 'no', fault: { kind: 'unreachable' } })
    expect(JSON.stringify(reply)).toContain('HTTPS_PROXY is set, and the proxy may be to blame')
    expect(JSON.stringify(reply)).not.toContain('opensesame')
  })
})

it.each([
  ['https://vendor.invalid/v1', 'https', 'unreachable', 'HTTPS_PROXY'],
  ['http://vendor.invalid/v1', 'http', 'malformed-reply', 'HTTP_PROXY'],
] as const)(
  'where %s is asked at a port that is no proxy, the fault names the variable',
  async (baseUrl, scheme, kind, named) => {
    const port = createPort(socket => void socket.on('error', () => {}).end('SSH-2.0-OpenSSH_9.6\r\n\r\n'))
    const address = await onFreePort(port)
    const reply = await askAt(baseUrl, { [scheme]: `http://${address}` })
    port.close()
    expect(reply).toMatchObject({ kind: 'fault', fault: { kind } })
    expect(JSON.stringify(reply)).toContain(`${named} is set, and the proxy may be to blame`)
  },
)

describe('what the environment says', () => {
  it('is read in capitals and in small letters, which go first', () => {
    const proxies = proxiesOf({
      HTTPS_PROXY: 'http://a:1',
      https_proxy: 'http://b:2',
      NO_PROXY: 'x.example',
      HTTP_PROXY: '',
    })
    expect(proxies).toEqual({ https: 'http://b:2', except: 'x.example' })
    expect(proxiesOf({ HTTPS_PROXY: 'http://a:1', https_proxy: '' })).toEqual({ https: 'http://a:1' })
  })

  it('is looked up where a worker was told to look, and nowhere else', async () => {
    const provider = '{ protocol: openai, baseURL: "http://127.0.0.1:9/v1", apiKey: none, models: { acme/m: {} } }'
    const yaml = `providers: { acme: ${provider} }\nclasses: { plain: { models: [acme/m] } }`
    vi.stubEnv('HTTPS_PROXY', 'no address')
    const store = await openStore({ path: ':memory:' })
    const plugin = await createPlugin({ config: soundConfiguration(yaml), store, env: {} })
    vi.unstubAllEnvs()
    await plugin.close()
    await store.close()
  })

  it('must be an address, and is not shown where it is none', () => {
    expect(() => proxiesOf({ HTTPS_PROXY: 'clerk:opensesame@proxy:3128' })).toThrow(
      'HTTPS_PROXY: not the address of a proxy. Write http://host:port, with https or socks5 too.',
    )
  })

  it.each([
    ['https://vendor.example', { https: 'http://p:1', http: 'http://q:1' }, 'HTTPS_PROXY'],
    ['https://vendor.example', { http: 'http://q:1' }, 'HTTP_PROXY'],
    ['http://vendor.example', { https: 'http://p:1' }, undefined],
    ['http://localhost:9001', { http: 'http://q:1' }, undefined],
    ['http://[::1]:9001', { http: 'http://q:1' }, undefined],
    ['https://127.0.0.1.example', { https: 'http://p:1' }, 'HTTPS_PROXY'],
  ])('%s with %j goes through %s', (origin, proxies, variable) => {
    expect(proxyOf(origin, proxies)).toBe(variable)
  })
})
