// Preloaded before any TypeScript: an older Node answers with one sentence instead of a syntax error. Plain ES5.
var needed = 24;
if (Number(process.versions.node.split(".")[0]) < needed) {
  process.stderr.write(
    "magic-hour-audio-transfer needs Node " +
      needed +
      " or later, this is Node " +
      process.versions.node +
      ": run it through npm after npm ci on Linux x64 (which brings Node 24 along), or install Node 24.\n",
  );
  process.exit(2);
}
