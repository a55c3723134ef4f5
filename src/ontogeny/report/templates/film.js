"use strict";
for (const root of document.querySelectorAll(".player.film")) {
  const data = JSON.parse(root.querySelector("script").textContent);
  const button = root.querySelector("button");
  const slider = root.querySelector("input");
  const output = root.querySelector("output");
  const circles = [...root.querySelectorAll("svg")].map((svg) => [...svg.querySelectorAll("circle")]);
  const last = data.captions.length - 1;
  let running = 0;
  let from = 0;
  const show = (time) => {
    const frame = Math.min(last, Math.floor(time));
    const next = Math.min(last, frame + 1);
    const share = Math.min(1, Math.max(0, (time - frame - 0.4) / 0.6));
    const eased = share * share * (3 - 2 * share);
    circles.forEach((points, panel) => {
      const here = data.panels[panel].frames[frame];
      const there = data.panels[panel].frames[next];
      points.forEach((point, number) => {
        point.setAttribute("cx", here[number][0] + eased * (there[number][0] - here[number][0]));
        point.setAttribute("cy", here[number][1] + eased * (there[number][1] - here[number][1]));
      });
    });
    output.textContent = data.captions[share > 0.5 ? next : frame];
    slider.value = time;
    slider.setAttribute("aria-valuetext", output.textContent);
  };
  const stop = () => {
    cancelAnimationFrame(running);
    running = 0;
    button.textContent = "Play";
  };
  const play = () => {
    from = Number(slider.value) >= last ? 0 : Number(slider.value);
    const begun = performance.now();
    button.textContent = "Pause";
    const tick = (now) => {
      const time = from + (now - begun) / 1300;
      show(Math.min(last, time));
      // A rest at the end, then from the start.
      if (time > last + 1.5) {
        slider.value = 0;
        play();
      } else running = requestAnimationFrame(tick);
    };
    running = requestAnimationFrame(tick);
  };
  button.addEventListener("click", () => (running ? stop() : play()));
  slider.addEventListener("input", () => {
    stop();
    show(Number(slider.value));
  });
  slider.max = last;
  show(last);
  root.querySelector(".controls").hidden = false;
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  if (!still.matches && "IntersectionObserver" in window) {
    const observer = new IntersectionObserver((entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      observer.disconnect();
      play();
    }, { threshold: 0.25 });
    observer.observe(root);
  }
  still.addEventListener("change", () => still.matches && stop());
}
