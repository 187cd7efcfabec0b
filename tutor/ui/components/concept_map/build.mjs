// Builds `built/concept_map.js` and its licence texts: `npm ci && npm run build`.
// The folder `built` is committed and shipped; nothing else of this folder is needed to run Erica.
import { build } from "esbuild";
import { existsSync, readFileSync, writeFileSync } from "node:fs";

const result = await build({
  entryPoints: ["src/concept_map.js"],
  outfile: "built/concept_map.js",
  bundle: true,
  format: "esm",
  minify: true,
  target: "es2022",
  charset: "utf8",
  legalComments: "none",
  metafile: true,
});

const packages = new Set();
for (const path of Object.keys(result.metafile.inputs)) {
  const found = path.match(/node_modules\/((?:@[^/]+\/)?[^/]+)\//);
  if (found) packages.add(found[1]);
}
// A package may ship with what it depends on built in, which the bundler cannot see.
for (const name of packages) {
  const about = JSON.parse(readFileSync(`node_modules/${name}/package.json`, "utf8"));
  for (const other of Object.keys(about.dependencies ?? {})) packages.add(other);
}
const texts = [...packages].sort().map((name) => {
  const folder = `node_modules/${name}`;
  const about = JSON.parse(readFileSync(`${folder}/package.json`, "utf8"));
  const file = ["LICENSE", "LICENSE.md", "LICENSE.txt"].map((each) => `${folder}/${each}`).find(existsSync);
  if (!file) throw new Error(`${name} has no licence text`);
  return `${name} ${about.version} (${about.license})\n\n${readFileSync(file, "utf8").trim()}\n`;
});
const head = "concept_map.js contains these packages, each under its own licence:\n";
writeFileSync("built/LICENSES.txt", [head, ...texts].join(`\n${"-".repeat(80)}\n\n`));
