// The page that asks: any set of cuts, and changes of the network, answered by the engine that the page came from.
//
// Cuts stand behind the `#` of the link, changes behind its `?`; so a link carries all, and Back undoes.

const LIVE = (() => {
  const { changes, said } = DATA.live;
  const KEPT = "crossborder-view";
  let asked = 0;

  const say = (problem) => {
    const box = document.getElementById("problem");
    box.hidden = !problem;
    box.textContent = problem;
  };

  // What the engine says, or a problem in its words.
  const ask = async (changes, keys) => {
    try {
      const body = JSON.stringify({ changes, lost: keys });
      const reply = await fetch("answer", { method: "POST", headers: { "content-type": "application/json" }, body });
      const text = await reply.text();
      return reply.ok ? { answer: JSON.parse(text).answer } : { problem: text };
    } catch {
      return { problem: "The program that answers has stopped. Start `crossborder serve` again." };
    }
  };

  // The cuts of the last question that was asked: the link is written before its answer comes.
  let wanted = [];

  // Only the last of several questions is shown.
  const cutAll = async (keys, then) => {
    const number = ++asked;
    wanted = keys;
    const hash = keys.length ? `#${keys.map((key) => `cut=${encodeURIComponent(key)}`).join("&")}` : "";
    // What came from the link is no step of its own, else Back would lead nowhere.
    const step = cutsOfLink().join() === keys.join() ? "replaceState" : "pushState";
    if (location.hash !== hash) history[step](null, "", hash || location.pathname + location.search);
    const box = document.getElementById("answer");
    box.setAttribute("aria-busy", "true");
    const { answer, problem = "" } = keys.length ? await ask(changes, keys) : {};
    if (number !== asked) return;
    box.removeAttribute("aria-busy");
    say(problem);
    if (problem) return;
    show(keys, answer ? readAnswer(answer) : UNCUT);
    then();
  };

  const toggled = (key) => (wanted.includes(key) ? wanted.filter((other) => other !== key) : [...wanted, key]);

  const listCuts = (keys) => {
    const items = keys.map((key) => {
      const name = LOSSES.get(key).name;
      const mend = make("button", { type: "button", "aria-label": `Mend ${name}` }, "×");
      mend.addEventListener("click", () => cut(toggled(key)));
      return make("li", {}, make("span", {}, name), mend);
    });
    return make("ul", { class: "cuts", "aria-label": "What is cut" }, ...items);
  };

  // Goes to the page of other changes; the map stays where it is.
  const change = async (others) => {
    const { problem } = await ask(others, wanted);
    // A cut of something that is there no longer is no reason not to go.
    if (problem && (await ask(others, [])).problem) { say(problem); return; }
    sessionStorage.setItem(KEPT, JSON.stringify(view));
    const search = others.length ? `?changes=${encodeURIComponent(JSON.stringify(others))}` : "";
    location.assign(location.pathname + search + location.hash);
  };

  const readForm = (form) => {
    const fields = Object.fromEntries([...new FormData(form)].filter(([, value]) => value !== ""));
    for (const key of ["capacity_gbps", "length_km"]) if (key in fields) fields[key] = Number(fields[key]);
    if ("held" in fields) fields.held = fields.held === "true";
    return { change: form.dataset.change, ...fields };
  };

  const start = () => {
    const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "null");
    sessionStorage.removeItem(KEPT);
    if (kept) { [view.x, view.y, view.scale] = [kept.x, kept.y, kept.scale]; limit(); repaint(); }
    document.getElementById("changed").replaceChildren(...said.map((words, i) => {
      const undo = make("button", { type: "button", "aria-label": `Undo ${words}` }, "×");
      undo.addEventListener("click", () => change(changes.filter((_, k) => k !== i)));
      return make("li", {}, make("span", {}, words), undo);
    }));
    document.getElementById("save").href = `scenario.toml${location.search}`;
    for (const form of document.querySelectorAll("[data-change]")) {
      form.addEventListener("submit", (event) => { event.preventDefault(); change([...changes, readForm(form)]); });
      form.addEventListener("focusin", () => {
        const list = document.getElementById("sites");
        if (list.children.length) return;
        list.replaceChildren(...SITES.filter((site) => site.class !== "b").map((site) => make("option", { value: site.id }, site.name)));
      });
    }
  };

  return { cutAll, toggled, listCuts, start };
})();
