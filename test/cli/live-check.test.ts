import { writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { EXIT } from '../../src/cli/exit-codes.ts'
import { type RunningVendors, startVendors } from '../../src/providers/simulated/index.ts'
import { onFreePort } from '../support/on-free-port.ts'
import { signalbox } from './captured.ts'
import { throwAwayFolders } from './throw-away-folders.ts'

const TOOLS = fileURLToPath(new URL('../../src/tools/index.ts', import.meta.url))
const SHOP = JSON.stringify({
  command: process.execPath,
  args: [fileURLToPath(new URL('../fixtures/mcp/serve-shop.ts', import.meta.url))],
})

const newFolder = throwAwayFolders('signalbox-live-')

const MODELS = { large: { contextWindow: 100_000, maxOutput: 8_192, price: { input: 3, output: 15 } } }
/** Without this a vendor calls the tool that it is told to call. */
const NO_CALLS = [{ match: 'report_health', turns: [{ text: 'I would rather not.' }] }]

const ALL_CHECKS = ['reached', 'key', 'tools', 'json', 'streaming', 'usage'] as const

let vendors: RunningVendors
let path: string

beforeAll(async () => {
  vendors = await startVendors({
    vendors: [
      { name: 'good', protocol: 'anthropic', apiKey: 'sk-right', models: MODELS },
      { name: 'locked', protocol: 'openai', apiKey: 'sk-right', models: MODELS },
      { name: 'toolless', protocol: 'openai-compatible', models: MODELS, behaviours: NO_CALLS },
      { name: 'countless', protocol: 'openai', models: MODELS, faults: [{ kind: 'missing-usage' }] },
      { name: 'down', protocol: 'google', models: MODELS },
      { name: 'wary', protocol: 'openai', models: MODELS, faults: [{ kind: 'content-filter', as: 'finish' }] },
    ],
  })
  await vendors.setFaults('down', [{ kind: 'down', untilMs: 600_000 }])
  path = join(newFolder(), 'signalbox.yaml')
  writeFileSync(path, configuration())
})
afterAll(() => vendors.close())

function configuration(): string {
  const providers = vendors.vendors.map(({ name, protocol, baseUrl }) => {
    const key = name === 'locked' ? 'sk-WRONG-CANARY' : 'sk-right'
    const price = name === 'countless' ? '' : 'price: { input: 3, output: 15 }, '
    const model = `{ upstream: large, ${price}abilities: [tools, json-schema] }`
    return `  ${name}: { protocol: ${protocol}, baseURL: "${baseUrl}", apiKey: ${key}, models: { acme/${name}: ${model} } }`
  })
  const named = vendors.vendors.map(({ name }) => `acme/${name}`)
  return ['providers:', ...providers, 'classes:', `  cheap: { models: [${named.join(', ')}] }`, ''].join('\n')
}

const check = (...words: string[]) => signalbox(['config', 'check', path, '--live', ...words])

describe('config check --live', () => {
  it('tells by endpoint what works, and ends with 6 when something does not', async () => {
    const { exitCode, json } = await check('--unpriced', '--json')
    expect(exitCode).toBe(EXIT.checkFailed)
    const { ok, endpoints, questions, unpriced, refused, unknownCost } = json()
    const verdicts = Object.fromEntries(
      endpoints.map((result: Record<string, string>) => [
        result.endpoint!.split(':')[0],
        ALL_CHECKS.map(name => result[name]).join(' '),
      ]),
    )
    // reached, key, tools, json, streaming, usage
    expect(verdicts).toEqual({
      good: 'yes yes yes yes yes yes',
      locked: 'yes no unasked unasked unasked unasked',
      toolless: 'yes yes no yes yes yes',
      countless: 'yes yes yes yes yes no',
      down: 'no unasked unasked unasked unasked unasked',
      wary: 'yes yes unasked unasked unasked unasked',
    })
    expect(unknownCost).toEqual(['countless:acme/countless'])
    expect({ ok, questions, unpriced, refused }).toEqual({
      ok: false,
      questions: 18,
      unpriced: ['countless:acme/countless'],
      refused: [],
    })
    const good = endpoints.find(({ endpoint }: { endpoint: string }) => endpoint.startsWith('good:'))
    expect(good.firstTokenMs).toBeGreaterThanOrEqual(0)
    expect(good).not.toHaveProperty('why')
  })

  it('asks no more than it said, and what it says it cost is what the vendor billed', async () => {
    const all = () => vendors.meter().filter(({ vendor }) => vendor === 'good')
    const before = all().length
    const { exitCode, err, json } = await check('--only', 'good', '--json')
    expect(exitCode).toBe(EXIT.done)
    const rows = () => all().slice(before)
    await expect.poll(() => rows().map(({ state }) => state)).toEqual(['closed', 'closed', 'closed'])
    const billed = rows()
    const { atMostUsd, spentUsd, unknownCost, endpoints } = json()
    expect([spentUsd, unknownCost]).toEqual([endpoints[0].costUsd, []])
    expect(err).toContain(`1 endpoint, 3 questions: at most $${atMostUsd}`)
    const sum = billed.reduce((total, row) => total + Number(row.billedPico), 0)
    expect(Math.round(Number(endpoints[0].costUsd) * 1e12)).toBe(sum)
    expect(sum).toBeLessThanOrEqual(Number(atMostUsd) * 1e12)
  })

  it('knows what a refusal has cost that came whole and was counted', async () => {
    const rows = () => vendors.meter().filter(({ vendor }) => vendor === 'wary')
    const before = rows().length
    const { json } = await check('--only', 'wary', '--json')
    await expect
      .poll(() =>
        rows()
          .slice(before)
          .map(({ state }) => state),
      )
      .toEqual(['closed'])
    const { endpoints, unknownCost } = json()
    expect(unknownCost).toEqual([])
    expect(Math.round(Number(endpoints[0].costUsd) * 1e12)).toBe(Number(rows().at(-1)!.billedPico))
    expect(Number(endpoints[0].costUsd)).toBeGreaterThan(0)
  })

  it('prints a table, and for each failure what is wrong, without a key', async () => {
    const { out, err } = await check()
    expect(out).toMatch(/endpoint +reached +key accepted +tools +JSON +streaming +usage +first token/)
    expect(out).toMatch(/good:acme\/good +yes +yes +yes +yes +yes +yes/)
    expect(out).toMatch(/locked:acme\/locked +yes +no +– +– +– +–/)
    expect(out).toContain('toolless:acme/toolless is configured with the ability tools')
    expect(out).toContain('down:acme/down could not be reached')
    expect(out).toMatch(/^spent: \$0\.\d+\. It is in no ledger and counts in no budget$/m)
    expect(out + err).not.toContain('CANARY')
  })

  it('says that it has reached nobody where what speaks is no vendor, and nothing of the key', async () => {
    const port = createServer(socket => void socket.on('error', () => {}).end('SSH-2.0-OpenSSH_9.6\r\n\r\n'))
    const address = await onFreePort(port)
    const its = join(newFolder(), 'signalbox.yaml')
    const baseUrl = `http://${address}/v1`
    writeFileSync(its, configuration().replace(/baseURL: "[^"]+"/, `baseURL: "${baseUrl}"`))
    const { out } = await signalbox(['config', 'check', its, '--live', '--only', 'good'])
    port.close()
    expect(out).toMatch(/good:acme\/good +no +– +– +– +–/)
    expect(out).toContain('its reply is not HTTP')
  })

  it('asks no endpoint without a known price unless it may, and says so of each', async () => {
    const asked = () => vendors.meter().filter(({ vendor }) => vendor === 'countless').length
    const before = asked()
    const alone = await check('--only', 'countless')
    expect({ exitCode: alone.exitCode, asked: asked() - before }).toEqual({ exitCode: EXIT.checkFailed, asked: 0 })
    expect(alone.err).toContain('0 endpoints, 0 questions: at most $0')
    expect(alone.out).toMatch(/countless:acme\/countless +– +– +– +– +– +–/)
    expect(alone.out).toContain('countless:acme/countless was not asked: no known price.')
    const both = await check('--only', 'good', '--only', 'countless', '--json')
    const { endpoints, refused, unpriced, questions } = both.json()
    expect({ exitCode: both.exitCode, refused, unpriced, questions }).toEqual({
      exitCode: EXIT.checkFailed,
      refused: ['countless:acme/countless'],
      unpriced: [],
      questions: 3,
    })
    expect(endpoints.map(({ ok, reached }: { ok: boolean; reached: string }) => [ok, reached])).toEqual([
      [true, 'yes'],
      [false, 'unasked'],
    ])
    expect(asked()).toBe(before)
  })

  it('asks nobody whom the policy of its own key forbids', async () => {
    const strict = join(newFolder(), 'signalbox.yaml')
    writeFileSync(
      strict,
      configuration().replace('  good: {', '  good: { policy: { zdr: true },').replace('acme/good, ', ''),
    )
    const before = vendors.meter().length
    const { exitCode, err } = await signalbox(['config', 'check', strict, '--live', '--only', 'good'])
    expect({ exitCode, asked: vendors.meter().length - before }).toEqual({ exitCode: EXIT.badInput, asked: 0 })
    expect(err).toContain('no endpoint to ask')
  })

  describe('of an app with MCP servers', () => {
    const folder = newFolder()
    const its = join(folder, 'signalbox.yaml')
    const live = (servers: string, ...words: string[]) => {
      const good = configuration().replace(/cheap: .*/, 'cheap: { models: [acme/good] }')
      writeFileSync(its, `${good}app: ./app-${servers.length}.ts\n`)
      // Each under a name of its own: a module is loaded once.
      writeFileSync(
        join(folder, `app-${servers.length}.ts`),
        `import { defineAgent } from '${TOOLS}'
const of = (name: string, ...tools: string[]) => defineAgent({ name, instructions: 'You work.', taskClass: 'cheap', tools })
export const agents = [of('buyer', 'shop__find'), of('seller', 'shop__sell')]
export const mcpServers = { ${servers} }
`,
      )
      return signalbox(['config', 'check', its, '--live', ...words])
    }

    it('lists their tools, and says which of those that agents name there are not', async () => {
      const { exitCode, out } = await live(`shop: ${SHOP}`)
      expect(out).toMatch(/^the MCP server 'shop' has \d+ tools: shop__find, /m)
      expect(out).toMatch(/^agent 'seller' names the tool 'shop__sell', which is not registered/m)
      expect(exitCode).toBe(EXIT.checkFailed)
      const again = await live(`shop: ${SHOP}`, '--json')
      expect(again.json()).toMatchObject({
        ok: false,
        mcpServers: [{ server: 'shop', ok: true, tools: expect.arrayContaining(['shop__find']), warnings: [] }],
        problems: [{ path: 'app', message: expect.stringContaining('shop__sell') }],
      })
    })

    it('names each that does not list its tools, and tries none where endpoints are named', async () => {
      const servers = `shop: ${SHOP}, gone: { command: 'no-such-command' }, lost: { url: 'http://127.0.0.1:1/mcp' }`
      const { exitCode, out } = await live(servers)
      expect(out).toMatch(/^the MCP server 'gone' does not list its tools: .*no-such-command.*; check its command/m)
      expect(out).toMatch(/^the MCP server 'lost' does not list its tools: /m)
      expect(out).toMatch(/^the MCP server 'shop' has \d+ tools/m)
      expect(out).not.toContain('shop__sell')
      expect(exitCode).toBe(EXIT.checkFailed)
      const alone = await live(servers, '--only', 'good')
      expect(alone.out).not.toContain('MCP server')
      expect(alone.exitCode).toBe(EXIT.done)
    })
  })

  it('asks nobody when it may cost more than it may', async () => {
    const before = vendors.meter().length
    const { exitCode, err } = await check('--max-usd', '0.000001')
    expect(exitCode).toBe(EXIT.badInput)
    expect(err).toContain('more than --max-usd 0.000001; nobody was asked')
    expect(vendors.meter()).toHaveLength(before)
  })
})
