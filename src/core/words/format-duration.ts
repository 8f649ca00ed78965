import { HOUR_MS } from '../durations.ts'

/** A duration for people: `830 ms`, `12.3 s`, `4 m 10 s`, `24 h`, `4 d 15 h`. */
export function formatDuration(ms: number | undefined): string {
  if (ms === undefined) return ''
  if (ms < 1_000) return `${Math.round(ms)} ms`
  if (ms < 100_000) return `${(ms / 1_000).toFixed(1)} s`
  const seconds = Math.round(ms / 1_000)
  if (seconds < 6_000) return inTwo(seconds, 60, 'm', 's')
  const minutes = Math.round(ms / 60_000)
  if (minutes < 6_000) return inTwo(minutes, 60, 'h', 'm')
  const hours = Math.round(ms / HOUR_MS)
  return inTwo(hours, 24, 'd', 'h')
}

function inTwo(whole: number, size: number, large: string, small: string): string {
  const rest = whole % size
  return `${Math.floor(whole / size)} ${large}${rest === 0 ? '' : ` ${rest} ${small}`}`
}
