/** Behind what says that there is no such name: `; did you mean 'strong'?`, or nothing where no name is near. */
export function didYouMean(nearest: string | undefined): string {
  return nearest === undefined ? '' : `; did you mean '${nearest}'?`
}
