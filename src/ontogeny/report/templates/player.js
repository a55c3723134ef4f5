"use strict";
for (const root of document.querySelectorAll(".player")) {
  const data = JSON.parse(root.querySelector("script").textContent);
  const slider = root.querySelector("input");
  const button = root.querySelector("button");
  const output = root.querySelector("output");
  const views = [...root.querySelectorAll("canvas")].map((canvas, index) => {
    const source = data.canvases[index];
    const bytes = Uint8ClampedArray.from(atob(source.frames), (letter) => letter.charCodeAt(0));
    const caption = canvas.parentElement.querySelector(".loss");
    return { canvas, caption, bytes, source, context: canvas.getContext("2d") };
  });
  const last = data.steps.length - 1;
  let timer = 0;
  const show = (frame) => {
    slider.value = frame;
    const step = data.steps[frame];
    let text = `update ${step.toLocaleString("en")}`;
    if (data.mark && step === data.mark) text += ", erased";
    output.textContent = text;
    for (const { canvas, caption, bytes, source, context } of views) {
      const size = source.width * source.height * 4;
      const pixels = bytes.subarray(frame * size, (frame + 1) * size);
      context.putImageData(new ImageData(pixels, source.width, source.height), 0, 0);
      caption.textContent = `loss ${source.losses[frame]}`;
      canvas.setAttribute("aria-label", `${source.label}, ${text}, loss ${source.losses[frame]}`);
    }
    slider.setAttribute("aria-valuetext", `${text}; ` + views.map((v) => `${v.source.label}: loss ${v.source.losses[frame]}`).join("; "));
  };
  const stop = () => {
    clearInterval(timer);
    timer = 0;
    button.textContent = "Play";
  };
  const play = () => {
    if (Number(slider.value) >= last) show(0);
    button.textContent = "Pause";
    timer = setInterval(() => {
      const step = data.steps[slider.value];
      if (data.mark && step === data.mark) {
        root.held = (root.held || 0) + 1;
        if (root.held < 12) return;
      }
      root.held = 0;
      if (Number(slider.value) >= last) stop();
      else show(Number(slider.value) + 1);
    }, 70);
  };
  button.addEventListener("click", () => (timer ? stop() : play()));
  slider.addEventListener("input", () => {
    stop();
    show(Number(slider.value));
  });
  show(data.first);
  root.querySelector(".controls").hidden = false;
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  if (!still.matches && "IntersectionObserver" in window) {
    const observer = new IntersectionObserver((entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      observer.disconnect();
      show(0);
      play();
    }, { threshold: 0.25 });
    observer.observe(root);
  }
  still.addEventListener("change", () => still.matches && stop());
}
