import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { inspect } from 'node:util'
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { JsonValue } from '../../src/core/messages.ts'
import { createPlugin } from '../../src/runtime/plugin.ts'
import {
  connectMcpServers,
  createRegistry,
  type McpServer,
  type McpServers,
  type McpTools,
} from '../../src/tools/index.ts'
import { createSession } from '../../src/tools/mcp/session.ts'
import { pages } from '../fixtures/mcp/pages.ts'
import { createShop, PHOTOGRAPH } from '../fixtures/mcp/shop.ts'
import { onFreePort } from '../support/on-free-port.ts'
import { soundConfiguration } from '../support/sound-configuration.ts'

const YAML = `
providers: { acme: { protocol: openai, baseURL: "http://127.0.0.1:9/v1", apiKey: none, models: { acme/large: {} } } }
classes: { strong: {} }
`

const SHOP = {
  command: process.execPath,
  args: [fileURLToPath(new URL('../fixtures/mcp/serve-shop.ts', import.meta.url))],
}

const closers: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

describe('a server that is a process', () => {
  let shop: McpTools
  beforeAll(async () => {
    shop = await connectMcpServers({ shop: SHOP })
  })
  afterAll(() => shop?.close())

  it('has its tools offered under its name, with their own schemas', () => {
    const { tools } = shop
    const names = ['find', 'refund', 'stock_level', 'burn', 'photograph', 'record', 'sweep']
    expect(tools.map(tool => tool.name)).toEqual(names.map(name => `shop__${name}`))
    expect(tools[0]).toMatchObject({
      description: 'Finds a ware.',
      idempotent: true,
      inputSchema: { type: 'object', properties: { ware: { type: 'string' } }, required: ['ware'] },
    })
    expect(tools[0]?.parse('lamp')).toMatchObject({ ok: false })
  })

  it('is asked for its next tools while it has any, and not for ever', async () => {
    const { tools } = await connected({ shop: pages(['one', 'two'], ['more', '']) })
    expect(tools.map(({ name }) => name)).toEqual(['shop__one', 'shop__two'])
    const fresh = Array.from({ length: 200 }, (_, page) => `page-${page}`)
    for (const cursors of [['more'], fresh])
      await expect(connected({ shop: pages(fresh, cursors) })).rejects.toThrow(
        /^the MCP server 'shop' does not list its tools: its list goes on after 100 pages/,
      )
  })

  it('answers, and its refusals are thrown with its own words', async () => {
    expect(await ask(shop, 'shop__find', { ware: 'lamp' })).toContain('lamp: shelf 7')
    await expect(ask(shop, 'shop__refund', {})).rejects.toThrow('no refunds on Sundays')
  })

  it('shows an image as one, whole', async () => {
    expect(await ask(shop, 'shop__photograph', {})).toEqual({
      type: 'content',
      value: [
        { type: 'text', text: 'The window:' },
        { type: 'file', mediaType: 'image/png', data: { type: 'data', data: PHOTOGRAPH } },
      ],
    })
  })

  it('has a word for what is to be heard, and none of its bytes', async () => {
    expect(await ask(shop, 'shop__record', {})).toMatch(/^The street:\n\[audio\/wav, \d+ kB\]$/)
  })

  it('shows an image or PDF as one, also an embedded one, and has a word for any other file, drawings in XML too', async () => {
    const blob = Buffer.from('of a kind').toString('base64')
    const resource = (mimeType?: string) => ({
      type: 'resource',
      resource: { uri: 'shop://1', blob, ...(mimeType && { mimeType }) },
    })
    const given = async (...content: readonly object[]) =>
      ask(await connected({ shop: pages(['show'], [], { content }) }), 'shop__show', {})
    expect(await given(resource('application/zip'), resource())).toMatch(
      /^\[application\/zip, 9 bytes\]\n\[application\/octet-stream, 9 bytes\]$/,
    )
    const image = (mimeType: string) => ({ type: 'image', data: blob, mimeType })
    expect(await given(image('image/svg+xml'))).toBe('[image/svg+xml, 9 bytes]')
    const data = { type: 'data', data: blob }
    expect(await given(image('image/jpg'))).toEqual({
      type: 'content',
      value: [{ type: 'file', mediaType: 'image/jpeg', data }],
    })
    expect(await given(resource('application/pdf'), { type: 'text', text: 'The bill.' })).toEqual({
      type: 'content',
      value: [
        { type: 'file', mediaType: 'application/pdf', data },
        { type: 'text', text: 'The bill.' },
      ],
    })
  })

  it('has a word for an image beside what went wrong', async () => {
    const image = { type: 'image', data: Buffer.from('of a kind').toString('base64'), mimeType: 'image/png' }
    const content = [{ type: 'text', text: 'No such page.' }, image]
    const mcp = await connected({ shop: pages(['show'], [], { content, isError: true }) })
    await expect(ask(mcp, 'shop__show', {})).rejects.toThrow(/^No such page\.\n\[image\/png, 9 bytes\]$/)
  })

  it('says how far it is where somebody listens, and none of its keys', async () => {
    const mcp = await connected({ shop: { ...SHOP, env: { SHOP_TOKEN: 'CANARY-1234' } } })
    const told: string[] = []
    expect(await ask(mcp, 'shop__sweep', {}, text => told.push(text))).toBe('swept')
    expect(told).toEqual(['1 of 3', 'shelf 2, as [hidden]', '3'])
    expect(await ask(mcp, 'shop__sweep', {})).toBe('swept')
  })

  it('may name a tool as vendors do not take it: it is offered under a name that they do', async () => {
    const server = `${'corner'.repeat(8)}.shop`
    const mcp = await connected({ [server]: SHOP })
    expect(createRegistry(mcp).problems).toEqual([])
    expect(await ask(mcp, `${server.replace('.', '_')}__stock_lev`, {})).toBe('three')
  })

  it('may have tools whose names come to the same: they are told apart by their own names, in whatever order they come', async () => {
    const long = 'reads_'.repeat(10)
    const names = ['a b', 'a_b', 'a.b', `${long}one`, `${long}two`]
    const offered = async (tools: readonly string[]) => {
      const mcp = await connected({ shop: pages(tools, ['1', '2', '3', '4', '']) })
      expect(createRegistry(mcp).problems).toEqual([])
      return mcp.tools.map(({ name }) => name)
    }
    const found = await offered(names)
    expect(found).toEqual([
      'shop__a_b_10a3f9f2',
      'shop__a_b',
      expect.stringMatching(/^shop__a_b_[0-9a-f]{8}$/),
      expect.stringMatching(/^shop__(reads_){8}r_[0-9a-f]{8}$/),
      expect.stringMatching(/^shop__(reads_){8}r_[0-9a-f]{8}$/),
    ])
    expect(await offered(names.toReversed())).toEqual(found.toReversed())
  })

  it('may list a tool twice: it is there once', async () => {
    const mcp = await connected({ shop: pages(['one', 'two', 'one'], ['1', '2', '']) })
    expect(mcp.tools.map(({ name }) => name)).toEqual(['shop__one', 'shop__two'])
  })

  it('is called otherwise by you where its tools are named as another’s, or as one of yours', async () => {
    const servers = { shop: pages(['of__old'], ['']), shop__of: pages(['old'], ['']) }
    const mcp = await connected(servers)
    expect(createRegistry(mcp).problems).toEqual([
      `tool 'shop__of__old' is a tool of the MCP servers 'shop' and 'shop__of'; give one of these another name in \`mcpServers\`, which its tools' names begin with`,
    ])
    const [own] = mcp.tools.map(({ server: _, ...tool }) => tool)
    expect(createRegistry({ tools: [own!, mcp.tools[0]!] }).problems).toEqual([
      `tool 'shop__of__old' is a tool of the MCP server 'shop' and also one of yours; give the server another name in \`mcpServers\`, which its tools' names begin with, or rename yours`,
    ])
    const renamed = await connected({ shop: servers.shop, old_shop: servers.shop__of })
    expect(createRegistry(renamed).problems).toEqual([])
  })

  it('may describe what a tool gives by a schema that is none: the tool is there, and what it gives is taken as it is', async () => {
    const titled = (pattern: string) => ({
      outputSchema: { type: 'object', properties: { title: { type: 'string', pattern } } },
    })
    const given = { structuredContent: { title: '1' }, content: [] }
    const mcp = await connected({ shop: pages(['show'], [], given, titled('[')) })
    expect(await ask(mcp, 'shop__show', {})).toEqual({ title: '1' })
    expect(mcp.warnings).toEqual([
      expect.stringMatching(
        /^the MCP server 'shop' gives its tool 'show' an output schema that is not valid, so its results are not checked: Invalid/,
      ),
    ])
    const held = await connected({ shop: pages(['show'], [], given, titled('^[a-z]+$')) })
    await expect(ask(held, 'shop__show', {})).rejects.toThrow(/does not match the tool's output schema.*pattern/)
  })

  it('is started again for the next call when it died in the middle of one', async () => {
    const mcp = await connected({ shop: SHOP })
    const first = await ask(mcp, 'shop__find', { ware: 'lamp' })
    await expect(ask(mcp, 'shop__burn', {})).rejects.toThrow('Connection closed')
    const second = await ask(mcp, 'shop__find', { ware: 'lamp' })
    expect(second).toContain('lamp: shelf 7')
    expect(second).not.toBe(first)
  })

  it('is left running when a call fails late that was made over the connection before', async () => {
    const session = createSession(SHOP)
    closers.unshift(session.close)
    const first = await session.client()
    await session.drop(first)
    const second = await session.client()
    await session.drop(first)
    expect(await session.client()).toBe(second)
  })

  it('has a time that its tools can take', async () => {
    await expect(connectMcpServers({ shop: { ...SHOP, timeoutMs: 7_200_000 } })).rejects.toThrow(
      /server 'shop' .*3540000/,
    )
  })

  it('has people asked for all of its tools, for some, or for some inputs', async () => {
    const { url } = await shopOverHttp()
    const run = { runId: 'run-1', workspace: 'press', labels: { mode: 'careful' } }
    const asked = async (needsApproval: McpServer['needsApproval']) => {
      const { tools } = await connected({ shop: { url, ...(needsApproval !== undefined && { needsApproval }) } })
      return tools.slice(0, 3).map(tool => tool.needsApproval({ ware: 'lamp' }, run))
    }
    const deadline = { withinMs: 1_000, otherwise: 'deny' } as const
    expect(await asked(undefined)).toEqual([false, false, false])
    expect(await asked(true)).toEqual([true, true, true])
    expect(await asked(deadline)).toEqual([deadline, deadline, deadline])
    expect(await asked(['refund', 'stock.level'])).toEqual([false, true, true])
    const rule = (tool: string, { ware }: Record<string, unknown>) => tool === 'find' && ware === 'lamp' && deadline
    expect(await asked(rule)).toEqual([deadline, false, false])
    expect(await asked((_tool, _input, { labels }) => labels.mode !== 'trusted')).toEqual([true, true, true])
    const throws = () => {
      throw new Error('no')
    }
    expect(await asked(throws)).toEqual([true, true, true])
  })

  it('is refused where its settings would let a tool run unasked that they seem to name', async () => {
    const refused = (settings: object) => expect(connectMcpServers({ shop: { ...SHOP, ...settings } })).rejects
    await refused({ needsApproval: ['stock_level'] }).toThrow(/'shop' has needsApproval.*'stock_level'.*it has: find, /)
    await refused({ needApproval: true }).toThrow(/'shop' has 'needApproval'.*did you mean 'needsApproval'/)
    await refused({ needsApproval: { withinMs: 0, otherwise: 'deny' } }).toThrow(/'shop' has needsApproval.withinMs 0/)
    await refused({ command: undefined }).toThrow(/'shop' needs either a `command` or a `url`/)
    await refused({ url: 'http://127.0.0.1:1/mcp' }).toThrow(/'shop' needs either a `command` or a `url`/)
    await refused({ command: undefined, url: 'localhost:80' }).toThrow(/'shop' has the url localhost:80/)
    await expect(connectMcpServers([SHOP] as never)).rejects.toThrow(/are given as a list; give them by name/)
    await refused({ needsApproval: 'refund' }).toThrow(/'shop' has needsApproval "refund"; it must be true/)
  })

  it('has a price for some of its tools, and is refused where its settings name none, or no price', async () => {
    const { url } = await shopOverHttp()
    const { tools } = await connected({ shop: { url, priceUsd: { find: '0.005', 'stock.level': '0' } } })
    expect(tools.slice(0, 3).map(({ name, priceUsd }) => [name, priceUsd])).toEqual([
      ['shop__find', '0.005'],
      ['shop__refund', undefined],
      ['shop__stock_level', '0'],
    ])
    const refused = (priceUsd: unknown) =>
      expect(connectMcpServers({ shop: { ...SHOP, priceUsd } as McpServer })).rejects
    await refused({ stock_level: '0.1' }).toThrow(/'shop' has priceUsd for the tool 'stock_level', which it does not/)
    await refused({ find: '$0.1' }).toThrow(
      /^the tool 'find' of the MCP server 'shop' has a wrong priceUsd: "\$0\.1" is/,
    )
    await refused('0.005').toThrow(/'shop' has a priceUsd that names no tool/)
  })

  it('is named when it cannot be started, with each other that cannot be used either', async () => {
    const gone = { command: process.execPath, args: ['--no-such-flag'] }
    const missing = connectMcpServers({ gone, shop: { ...SHOP, needsApproval: ['buy'] }, lost: { command: 'no-such' } })
    await expect(missing).rejects.toThrow(
      /^the MCP server 'gone' does not list its tools: .*closed; check its command or its url. It wrote last:\n.*bad option/,
    )
    await expect(missing).rejects.toThrow(/^the MCP server 'shop' has needsApproval for the tool 'buy', which it does/m)
    await expect(missing).rejects.toThrow(/^the MCP server 'lost' does not list its tools: spawn no-such ENOENT/m)
  })
})

describe('a server that lets the start wait', () => {
  it('is named once, with how long its answers may take, and one that has listed its tools is not', async () => {
    const slow = createServer(async (_, response) => {
      await expect.poll(() => told).toHaveLength(1)
      response.writeHead(500).end()
    }).listen(0, '127.0.0.1')
    await once(slow, 'listening')
    const told: string[] = []
    const tellSlow = (words: string) => told.push(words)
    const url = `http://127.0.0.1:${(slow.address() as AddressInfo).port}/mcp`
    const broken = connectMcpServers({ slow: { url } }, { tellSlow, slowAfterMs: 1 })
    await expect(broken).rejects.toThrow("'slow' does not list its tools")
    slow.close()
    const mcp = await connectMcpServers({ shop: pages(['find'], ['']) }, { tellSlow, slowAfterMs: 60_000 })
    closers.unshift(mcp.close)
    expect(told).toEqual([expect.stringMatching(/^the MCP server 'slow' has not listed its tools yet.* up to 60 s$/)])
  })
})

describe('a server behind a URL', () => {
  it('is named with why where it cannot be reached', async () => {
    const missing = connectMcpServers({ shop: { url: 'http://127.0.0.1:1/mcp' } })
    await expect(missing).rejects.toThrow(
      /'shop' does not list its tools: fetch failed: .+; check its command or its url/,
    )
  })

  it('is asked over streamable HTTP, with its headers', async () => {
    const { url, keys } = await shopOverHttp()
    const mcp = await connected({ shop: { url, headers: { 'x-key': 'open-sesame' } } })
    expect(await ask(mcp, 'shop__find', { ware: 'lamp' })).toContain('lamp: shelf 7')
    expect(new Set(keys)).toEqual(new Set(['open-sesame']))
  })

  it.each([
    ['in the body of a status', (key: string) => ({ status: 500, body: `no such key: ${key}` })],
    ['in an error', (key: string) => rpc({ error: { code: -32_000, message: `no such key: ${key}` } })],
    [
      'in what it calls an error',
      (key: string) => rpc({ result: { isError: true, content: [{ type: 'text', text: `${key}!` }] } }),
    ],
  ])(
    'has no key of ours in what a tool throws, which is told to the model, where it says it back %s',
    async (_, saying) => {
      const { url, fail } = await shopOverHttp()
      const headers = { authorization: 'Bearer CANARY-OF-MCP', 'x-team': 'no such' }
      const mcp = await connected({ shop: { url, headers } })
      for (const key of ['CANARY-OF-MCP', headers.authorization]) {
        fail(saying(key))
        const words = await ask(mcp, 'shop__find', { ware: 'lamp' }).then(String, error => String(error.message))
        expect(words).not.toContain('CANARY')
        expect(words).toContain('[hidden]')
      }
    },
  )

  it.each([
    ['in its address', '?api_key=CANARY-OF-MCP&team=no-such-team', ''],
    ['in an address among its headers', '', 'postgres://ann:CANARY-OF-MCP@db.test/wares'],
  ])('has no key of ours in what a tool throws that stands %s', async (_, parameters, store) => {
    const { url, fail } = await shopOverHttp()
    const mcp = await connected({ shop: { url: url + parameters, headers: { 'x-store': store } } })
    fail({ status: 500, body: 'no-such-team, CANARY-OF-MCP' })
    const words = await ask(mcp, 'shop__find', { ware: 'lamp' }).then(String, error => String(error.message))
    expect(words).toContain('no-such-team, [hidden]')
  })

  it('is connected with anew, and asked again, where it has forgotten the connection, and for no other failure', async () => {
    const { url, fail } = await shopOverHttp()
    const mcp = await connected({ shop: { url } })
    fail({ status: 404, body: 'no such session', once: true })
    expect(await ask(mcp, 'shop__find', { ware: 'lamp' })).toContain('lamp: shelf 7')
    fail({ status: 500, body: 'out of order', once: true })
    await expect(ask(mcp, 'shop__find', { ware: 'lamp' })).rejects.toThrow('out of order')
    expect(await ask(mcp, 'shop__find', { ware: 'lamp' })).toContain('lamp: shelf 7')
  })

  it('has no key of ours in what lies below the error of a request that did not come through', async () => {
    const { url } = await shopOverHttp()
    const key = 'CANARY-OF-MCP'
    let isAway = false
    const send: typeof fetch = (...asked) =>
      isAway
        ? Promise.reject(new TypeError('fetch failed', { cause: new Error(`no such key: ${key}`) }))
        : fetch(...asked)
    const mcp = await connectMcpServers({ shop: { url, headers: { 'x-api-key': key } } }, { send })
    closers.unshift(mcp.close)
    isAway = true
    const error = await ask(mcp, 'shop__find', { ware: 'lamp' }).catch(caught => caught)
    expect(error.message).toBe('fetch failed: no such key: [hidden]')
    expect(inspect(error)).not.toContain(key)
  })

  it('has no key of ours in what is said where it cannot be used', async () => {
    const { url, fail } = await shopOverHttp()
    fail({ status: 401, body: 'no such key: CANARY-OF-MCP' })
    const headers = { 'x-api-key': 'CANARY-OF-MCP' }
    const echo = { command: process.execPath, args: ['-e', 'console.error(process.env.SHOP_TOKEN); process.exit(1)'] }
    for (const server of [
      { url, headers },
      { ...echo, env: { SHOP_TOKEN: 'CANARY-OF-MCP' } },
    ]) {
      const error = await connectMcpServers({ shop: server }).catch(caught => caught)
      expect(error.message).toContain("'shop' does not list its tools")
      expect(inspect(error)).not.toContain('CANARY')
    }
  })

  it('does not hold up an end where it says nothing while it is connected with', async () => {
    const silent = createServer(() => {})
    const address = await onFreePort(silent)
    closers.push(async () => {
      silent.closeAllConnections()
      silent.close()
    })
    const session = createSession({ url: `http://${address}/mcp` })
    const connected = session.client().then(String, error => error.message)
    await once(silent, 'request')
    await session.close()
    expect(await connected).toContain('Connection closed')
  })

  it('is asked through the proxy that the environment names', async () => {
    const { url } = await shopOverHttp()
    const folder = mkdtempSync(join(tmpdir(), 'signalbox-mcp-'))
    const settings = { config: soundConfiguration(YAML), store: { path: join(folder, 'store.db') } }
    const start = (proxy: string) =>
      createPlugin({
        ...settings,
        mcpServers: { shop: { url: 'http://shop.invalid/mcp' } },
        env: { HTTP_PROXY: proxy },
      })
    const plugin = await start(url.replace('/mcp', ''))
    await plugin.close()
    await expect(start('http://127.0.0.1:1')).rejects.toThrow(
      /'shop' does not list .*at the proxy that HTTP_PROXY names/,
    )
    rmSync(folder, { recursive: true })
  })
})

async function connected(servers: McpServers): Promise<McpTools> {
  const mcp = await connectMcpServers(servers)
  closers.unshift(mcp.close)
  return mcp
}

function ask(
  { tools }: McpTools,
  name: string,
  input: JsonValue,
  progress?: (text: string) => void,
): Promise<JsonValue> {
  const tool = tools.find(each => each.name === name)!
  const { signal } = new AbortController()
  const call = { idempotencyKey: 'key', runId: 'run', workspace: 'default', labels: {}, signal }
  return tool.run(input, { ...call, ...(progress && { progress }) })
}

/** Without sessions: each request has a shop of its own. */
async function shopOverHttp() {
  const keys: unknown[] = []
  let failure: Failure | undefined
  const server = createServer(async (request, response) => {
    keys.push(request.headers['x-key'])
    if (failure) {
      const { status, once = false } = failure
      const body = await bodyOf(failure, request)
      if (once) failure = undefined
      return void response.writeHead(status, { 'content-type': 'application/json' }).end(body)
    }
    const transport = new StreamableHTTPServerTransport({})
    await createShop().connect(transport as Parameters<ReturnType<typeof createShop>['connect']>[0])
    await transport.handleRequest(request, response)
  })
  const address = await onFreePort(server)
  closers.push(async () => {
    server.closeAllConnections()
    server.close()
  })
  const fail = (next: Failure) => {
    failure = next
  }
  return { url: `http://${address}/mcp`, keys, fail }
}

interface Failure {
  readonly status: number
  readonly once?: boolean
  /** What stands for the id of a message becomes that of the message. */
  readonly body: string
}

function rpc(answer: object): Failure {
  return { status: 200, body: JSON.stringify({ jsonrpc: '2.0', id: 'ID', ...answer }) }
}

async function bodyOf({ body }: Failure, request: IncomingMessage): Promise<string> {
  let asked = ''
  for await (const chunk of request) asked += chunk
  return body.replace('"ID"', String(asked && JSON.parse(asked).id))
}
