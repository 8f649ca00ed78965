import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { passed } from '../passed.ts'
import { spawnGuarded } from './guarded-process.ts'
import { unlessGone } from './unless-gone.ts'

export type Report = (line: string) => void

/** When a download is given up. */
export interface DownloadLimits {
  /** Nothing more has arrived for this long. */
  readonly stallMs: number
  readonly totalMs: number
}

/** A minute of silence is a closed network; 44 MB within ten minutes asks for 75 kB/s. */
const DOWNLOAD_LIMITS: DownloadLimits = { stallMs: 60_000, totalMs: 600_000 }

const LOOK_EVERY_MS = 1_000
const REPORT_EVERY_MS = 3_000

export interface DownloadCommand {
  readonly command: string
  readonly args: readonly string[]
  readonly env: NodeJS.ProcessEnv
  /** Where the command leaves what it downloads: its growth is the progress that is shown, and its silence a stall. */
  readonly folder: string
  /** What is downloaded, for the progress lines. */
  readonly label: string
  readonly report: Report
  readonly limits?: DownloadLimits
}

/** Runs a command that downloads. Gives `undefined` when it ended well, otherwise why it did not. Never hangs. */
export async function runDownload(download: DownloadCommand): Promise<string | undefined> {
  const running = spawnGuarded(download.command, download.args, { env: download.env })
  const finished = new AbortController()
  const watching = watchGrowth(download, finished.signal).then(async reason => {
    if (reason) await running.stop()
    return reason
  })
  const ended = running.ended.finally(() => finished.abort())
  const [code, givenUp] = await Promise.all([ended, watching])
  if (givenUp) return givenUp
  return code === 0 ? undefined : `${lastLine(running.tail())} (exit code ${code})`
}

/** Reports how the folder grows until the signal comes; gives a reason when a limit passes first. */
async function watchGrowth(download: DownloadCommand, finished: AbortSignal): Promise<string | undefined> {
  const { stallMs, totalMs } = download.limits ?? DOWNLOAD_LIMITS
  const startedAt = Date.now()
  let grown = { bytes: 0, at: startedAt }
  let reportedAt = startedAt
  while (await passed(Math.min(LOOK_EVERY_MS, stallMs), finished)) {
    const now = Date.now()
    const bytes = await bytesIn(download.folder)
    if (bytes > grown.bytes) grown = { bytes, at: now }
    if (now - grown.at >= stallMs) return `nothing arrived for ${stallMs / 1_000} s`
    if (now - startedAt >= totalMs) return `not finished after ${totalMs / 1_000} s`
    if (now - reportedAt < REPORT_EVERY_MS) continue
    reportedAt = now
    download.report(
      `${download.label}: ${(grown.bytes / 1e6).toFixed(0)} MB, ${Math.round((now - startedAt) / 1_000)} s`,
    )
  }
  return undefined
}

/** The command moves and deletes its own temporary files while we look. */
async function bytesIn(folder: string): Promise<number> {
  const entries = await unlessGone(readdir(folder, { recursive: true }), [])
  const sizes = await Promise.all(entries.map(entry => sizeOf(join(folder, entry))))
  return sizes.reduce((sum, size) => sum + size, 0)
}

async function sizeOf(path: string): Promise<number> {
  const found = await unlessGone(lstat(path), undefined)
  return found?.isFile() ? found.size : 0
}

function lastLine(text: string): string {
  const lines = text.split('\n').filter(line => line.trim() !== '' && !line.startsWith('[notice]'))
  return lines.at(-1)?.trim().slice(0, 400) ?? 'it said nothing'
}
