import { execFile } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Connection } from '@temporalio/client'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { createProgram } from '../../src/cli/program.ts'
import { processTerminal } from '../../src/cli/terminal.ts'
import { loadConfiguration } from '../../src/runtime/configuration/configuration.ts'
import { startDevServer } from '../../src/runtime/dev-server/dev-server.ts'
import { findTemporalCli } from '../../src/runtime/dev-server/find-cli.ts'
import { sourceOf } from '../../src/runtime/rehearsal/vendors-source.ts'
import { localConnection } from '../../src/runtime/temporal/connection-options.ts'
import { missingSearchAttributes } from '../../src/runtime/temporal/search-attributes.ts'
import { OLDEST_SERVER } from '../../src/runtime/temporal/server-version.ts'

interface Service {
  readonly image?: string
  readonly build?: { readonly context: string; readonly dockerfile: string }
  readonly command?: readonly string[]
  readonly entrypoint?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>
  readonly healthcheck?: { readonly test: readonly string[] }
  readonly ports?: readonly string[]
  readonly volumes?: readonly string[]
  readonly configs?: readonly { readonly source: string }[]
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>
  readonly volumes: Readonly<Record<string, unknown>>
  readonly configs: Readonly<Record<string, { readonly content: string }>>
}

const ROOT = join(import.meta.dirname, '../..')
const compose = parse(read('docker-compose.yml')) as Compose
const services = Object.entries(compose.services)
const ours = services.filter(([, service]) => service.build)
const dockerfile = read('Dockerfile')

/** Services that do one thing and end: those that somebody waits for until they have. */
const oneShots = new Set(
  services.flatMap(([, service]) =>
    Object.entries(service.depends_on ?? {})
      .filter(([, { condition }]) => condition === 'service_completed_successfully')
      .map(([name]) => name),
  ),
)

describe('docker-compose.yml', () => {
  it('has all the parts', () => {
    const parts = ['postgresql', 'temporal', 'temporal-ui', 'worker', 'vendors']
    expect(Object.keys(compose.services)).toEqual(expect.arrayContaining(parts))
  })

  it.each(services)('waits, in %s, for services that exist and can say that they are ready', (_, service) => {
    for (const [name, { condition }] of Object.entries(service.depends_on ?? {})) {
      expect(Object.keys(compose.services)).toContain(name)
      expect(condition).toBe(oneShots.has(name) ? 'service_completed_successfully' : 'service_healthy')
    }
  })

  it('waits in no circle', () => {
    const waitsFor = (name: string, path: readonly string[]): void => {
      expect(path, path.join(' waits for ')).not.toContain(name)
      for (const next of Object.keys(compose.services[name]?.depends_on ?? {})) waitsFor(next, [...path, name])
    }
    for (const [name] of services) waitsFor(name, [])
  })

  it.each(services.filter(([name]) => !oneShots.has(name)))('knows whether %s is healthy', (_, service) => {
    expect(service.healthcheck?.test[0]).toBe('CMD')
    expect(service.healthcheck!.test.length).toBeGreaterThan(1)
  })

  it.each(services)('pins the image of %s', (_, { image }) => {
    expect(image).toMatch(/^[a-z/-]+:\d+(\.\d+)+$/)
  })

  it('runs tools and server of Temporal in one version, the one that runs are tried on', () => {
    const versions = services.flatMap(
      ([, { image }]) => /^temporalio\/(?:server|admin-tools):(.+)$/.exec(image!)?.[1] ?? [],
    )
    expect(new Set(versions).size).toBe(1)
    expect(versions[0]!.startsWith(`${OLDEST_SERVER}.`)).toBe(true)
  })

  it('publishes each port once, to this machine only', () => {
    const published = services.flatMap(([, service]) => service.ports ?? [])
    const outside = published.map(port => /^127\.0\.0\.1:(\d+):\d+$/.exec(port)?.[1])
    expect(outside).not.toContain(undefined)
    expect(new Set(outside).size).toBe(outside.length)
  })

  it.each(services)('mounts, in %s, what exists', (_, service) => {
    for (const { source } of service.configs ?? []) expect(compose.configs[source]?.content).toBeTruthy()
    for (const volume of service.volumes ?? []) {
      const [source] = volume.split(':') as [string]
      if (source.startsWith('.')) expect(existsSync(join(ROOT, source)), source).toBe(true)
      else expect(Object.keys(compose.volumes)).toContain(source)
    }
  })

  it('gives Temporal and the store the databases that are made', () => {
    const made = [...compose.configs.databases!.content.matchAll(/CREATE DATABASE (\w+)/g)].map(([, name]) => name)
    const { DBNAME, VISIBILITY_DBNAME } = compose.services.temporal!.environment!
    expect(made).toEqual([DBNAME, VISIBILITY_DBNAME])
    const store = new URL(compose.services.worker!.environment!.DATABASE_URL!.replace(/\$\{[^}]+\}/g, 'password'))
    const { POSTGRES_USER, POSTGRES_DB } = compose.services.postgresql!.environment!
    expect([store.hostname, store.username, store.pathname]).toEqual(['postgresql', POSTGRES_USER, `/${POSTGRES_DB}`])
  })
})

describe('our services in it', () => {
  it.each(ours)('%s is built from our Dockerfile', (_, { build, image }) => {
    expect(existsSync(join(ROOT, build!.context, build!.dockerfile))).toBe(true)
    expect(image).toBe(`signalbox:${JSON.parse(read('package.json')).version}`)
  })

  it.each(ours.filter(([, { environment }]) => environment))(
    '%s is given variables that the code reads',
    (_, { environment }) => {
      for (const name of Object.keys(environment!)) expect(sources(), name).toMatch(new RegExp(`\\b${name}\\b`))
    },
  )

  it.each(ours)('%s runs a command that exists', (_, { command }) => {
    const [verb] = command!
    expect(sources('src/cli')).toMatch(new RegExp(`\\.command\\(\\s*['"\`]${verb}\\b|['"\`]${verb}['"\`]`))
    for (const flag of command!.filter(word => word.startsWith('--'))) expect(sources('src/cli'), flag).toContain(flag)
  })

  it.each(ours)('%s reads what is mounted', (_, { command, volumes }) => {
    const mounted = volumes!.map(volume => volume.split(':')[1])
    expect(mounted).toContain(command![command!.indexOf('--config') + 1])
    expect(command!.filter(word => word.startsWith('/app/'))).toEqual(mounted)
  })

  it('checks the worker by a command that exists', () => {
    const [, program, command] = compose.services.worker!.healthcheck!.test
    expect(program).toBe('signalbox')
    expect(createProgram(processTerminal()).commands.map(one => one.name())).toContain(command)
  })

  it('rehearses with vendors whose ports are published and whose models the worker asks for', async () => {
    const config = join(ROOT, 'deploy/signalbox.yaml')
    const { vendors } = sourceOf({ config, script: join(ROOT, 'deploy/vendors.yaml') }, {}).script
    const inside = compose.services.vendors!.ports!.map(port => Number(port.split(':').at(-1)))
    expect(vendors.map(({ port }) => port)).toEqual(inside)
    const { providers, directory, disabled } = await loadConfiguration(config, {})
    expect(disabled).toEqual([])
    for (const { name, port, protocol, models } of vendors) {
      const provider = providers.find(one => one.name === name)!
      expect(provider.protocol).toBe(protocol)
      expect(new URL(provider.baseUrl!)).toMatchObject({ hostname: 'vendors', port: String(port) })
      const asked = directory.endpoints.filter(endpoint => endpoint.provider === name)
      expect(asked.map(({ upstream, price }) => ({ name: upstream, price }))).toEqual(
        Object.entries(models).map(([model, { price }]) => ({ name: model, price })),
      )
    }
  })
})

describe('the Dockerfile', () => {
  it('runs the Node that development runs, as a user without rights', () => {
    const { devDependencies } = JSON.parse(read('package.json'))
    const bases = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, base]) => base)
    expect(new Set(bases)).toEqual(new Set([`node:${devDependencies.node}-slim`]))
    expect(dockerfile).toMatch(/^USER node$/m)
    expect(dockerfile).toMatch(/^ENTRYPOINT \["signalbox"\]$/m)
  })

  it('copies files that exist and runs scripts that exist', () => {
    const { scripts, bin } = JSON.parse(read('package.json'))
    const run = [...dockerfile.matchAll(/npm run (\w+)/g)].map(([, name]) => name)
    expect(run).not.toEqual([])
    expect(Object.keys(scripts)).toEqual(expect.arrayContaining(run))
    expect(Object.keys(bin ?? {})).toContain('signalbox')
    const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, names]) => names!.split(' '))
    expect(copied).not.toEqual([])
    expect(copied.filter(name => !existsSync(join(ROOT, name)))).toEqual([])
  })
})

it('sets a server up by the script of temporal-setup, and again without harm', async () => {
  const { TEMPORAL_ADDRESS: _, ...env } = process.env
  const found = await findTemporalCli({ env, report: () => undefined })
  if (found.kind === 'address') throw new Error('an address was found although none was given')
  const server = await startDevServer({ cli: found.cli, report: () => undefined, headless: true })
  try {
    const [script] = compose.services['temporal-setup']!.command!
    const tools = { ...env, PATH: `${join(found.cli.path, '..')}:${env.PATH}` }
    const target = { ...tools, TEMPORAL_ADDRESS: server.address, TEMPORAL_NAMESPACE: 'of-its-own' }
    for (const _time of ['first', 'again']) {
      await promisify(execFile)('/bin/sh', ['-euc', script!.replaceAll('$$', '$')], { env: target })
    }
    const connection = await Connection.connect(localConnection(server.address).client)
    expect(await missingSearchAttributes(connection, 'of-its-own')).toEqual([])
    await connection.close()
  } finally {
    await server.stop()
  }
})

function read(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8')
}

/** The text of all our source files below a folder, one after the other. */
function sources(folder = 'src'): string {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter(path => path.endsWith('.ts'))
    .map(path => read(join(folder, path)))
    .join('\n')
}
