package dev.merapi.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.merapi.data.Picture;
import dev.merapi.train.Environment;
import dev.merapi.train.RunWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page in a real browser; skipped where there is none. */
final class BrowserTest {
  @TempDir Path folder;

  private Path runs;
  private Browser browser;
  private UiServer server;

  @BeforeEach
  void start() throws IOException, InterruptedException {
    var program = Browser.program();
    assumeTrue(program.isPresent(), "no Chromium on the PATH");
    runs = Files.createDirectories(folder.resolve("runs"));
    server = UiServer.start(new Runs(runs), "127.0.0.1", Optional.of(0), Optional.empty());
    browser = new Browser(program.get(), folder.resolve("profile"));
  }

  @AfterEach
  void stop() {
    if (browser != null) {
      browser.close();
      server.close();
    }
  }

  /** Kept where somebody wants to look at it: {@code -Dmerapi.pictures=FOLDER}. */
  private void picture(String name) throws IOException, InterruptedException {
    var kept = System.getProperty("merapi.pictures");
    if (kept != null) {
      Thread.sleep(400);
      browser.picture(Files.createDirectories(Path.of(kept)).resolve(name + ".png"));
    }
  }

  @Test
  void showsRunsAndGoesOnWhileTheyTrain() throws IOException, InterruptedException {
    for (int i = 1; i <= 4; i++) {
      MadeRuns.make(runs, "mlp-" + i, 200, 0.2 * i);
    }
    var environment = Environment.capture(List.of("train", "live"), 1, "00");
    try (var writer = RunWriter.create(runs, "live", MadeRuns.yaml("live", 0.7), environment)) {
      writer.append(1, MadeRuns.line(1, 0.7));
      browser.open(server.address());
      browser.until("document.querySelector('[data-metric=train_loss]')?.dataset.curves === '5'");
      assertEquals("5 of 5 runs, 1 running", browser.value("count.textContent").asString());
      for (int step = 2; step <= 120; step++) {
        writer.append(step, MadeRuns.line(step, 0.7));
      }
      // Without anybody's doing: the list says so a second or two later.
      browser.until("document.getElementById('runs').innerText.includes('120 steps')");
      picture("curves");
    }
    browser.until("document.getElementById('count').textContent === '5 of 5 runs'");
  }

  @Test
  void choosesSmoothsAndDrawsLogarithms() throws IOException, InterruptedException {
    for (int i = 1; i <= 4; i++) {
      MadeRuns.make(runs, "mlp-" + i, 200, 0.2 * i);
    }
    browser.open(server.address());
    browser.until("document.querySelector('[data-metric=train_loss]')?.dataset.curves === '4'");
    browser.value("document.querySelectorAll('#runs input')[1].click()");
    browser.value("document.querySelectorAll('#runs input')[3].click()");
    browser.until("document.querySelector('[data-metric=train_loss]').dataset.curves === '2'");
    browser.value("search.value = 'mlp-2'; search.dispatchEvent(new Event('input'))");
    browser.until("document.querySelector('[data-metric=train_loss]').dataset.curves === '1'");
    assertEquals(1, browser.value("document.querySelectorAll('#runs li').length").asInt());
    browser.value("logy.click(); logx.click()");
    browser.value("smoothing.value = 0.9; smoothing.dispatchEvent(new Event('input'))");
    assertEquals("0.9", browser.value("smoothed.textContent").asString());
    browser.value("search.value = ''; search.dispatchEvent(new Event('input'))");
    browser.until("document.querySelector('[data-metric=train_loss]').dataset.curves === '2'");
    picture("logarithms");
    // A drag looks closer, and is asked of the server anew.
    browser.send(
        "Emulation.setEmulatedMedia",
        Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", "dark"))));
    browser.open(server.address() + "#/compare");
    browser.until("document.querySelectorAll('tr.differs').length > 0");
    picture("compare");
    var marked =
        browser.value(
            "[...document.querySelectorAll('tr.differs th')].map(each => each.textContent).join()");
    assertTrue(marked.asString().contains("training.optimizer.learning_rate"), marked.asString());
    assertFalse(marked.asString().contains("training.batch"), marked.asString());
    picture("compare-dark");
  }

  @Test
  void showsOneRunWithItsPicturesProfileAndHistograms() throws IOException, InterruptedException {
    var run = MadeRuns.make(runs, "cnn", 300, 0.4);
    byte[] pixels = new byte[200 * 120];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) (i % 200 + i / 200);
    }
    Picture.of(200, 120, pixels).writePng(run.file("learning-curve.png"));
    Files.writeString(run.file("profile.txt"), "conv weight   12 calls   1.2 ms\n");
    var lines = new StringBuilder();
    for (int epoch = 1; epoch <= 12; epoch++) {
      for (var kind : List.of("weight", "gradient")) {
        lines.append(
            "{\"step\":%d,\"epoch\":%d,\"kind\":\"%s\",\"name\":\"conv.weight\",\"low\":-%d,\"high\":%d,\"counts\":[1,5,20,5,1]}\n"
                .formatted(epoch * 10, epoch, kind, epoch, epoch));
      }
    }
    Files.writeString(run.file("histograms.jsonl"), lines + "{\"torn\":");
    browser.open(server.address() + "#/run/" + run.path().getFileName());
    browser.until("document.querySelector('[data-metric=train_loss]')?.dataset.curves === '1'");
    browser.until("document.querySelector('.card img')?.naturalWidth === 200");
    assertEquals(2, browser.value("document.querySelectorAll('canvas.heat').length").asInt());
    assertTrue(
        browser.value("document.body.innerText").asString().contains("conv weight   12 calls"));
    picture("run");
  }

  /** Names and values from files are text: none becomes an element, and none is run. */
  @Test
  void strangersWordsStayText() throws IOException, InterruptedException {
    var evil = "<img src=x onerror=hacked=1>";
    var quoted = "\"><script>hacked=1</script>'";
    for (var name : List.of(evil, quoted)) {
      var run = Files.createDirectories(runs.resolve(name.replace("/", "∕")));
      Files.writeString(
          run.resolve("recipe.yaml"), "name: '<b>bold</b>'\nsummary: '<svg onload=hacked=1>'\n");
      Files.writeString(run.resolve("tags.json"), "{\"tags\": [\"<i>x</i>\", \"__proto__\"]}");
      Files.writeString(run.resolve("profile.txt"), "<script>hacked=1</script>");
      Files.writeString(
          run.resolve("metrics.jsonl"),
          "{\"step\":1,\"train_loss\":1,\"<img src=x onerror=hacked=1>\":2,\"__proto__\":3}\n");
    }
    browser.open(server.address());
    browser.until("document.querySelector('[data-metric=train_loss]')?.dataset.curves === '2'");
    assertTrue(browser.value("document.body.innerText").asString().contains(evil));
    browser.value("document.querySelector('#runs a').click()");
    browser.until("document.querySelector('pre')?.textContent.includes('script')");
    browser.value("document.querySelectorAll('#runs input').forEach(each => each.click())");
    browser.open(server.address() + "#/compare");
    browser.until("document.querySelector('table')");
    assertEquals(
        0,
        browser
            .value("document.querySelectorAll('img[src=x], svg, b, i, script:not([src])').length")
            .asInt());
    assertTrue(browser.value("typeof hacked").asString().equals("undefined"));
    // Even what would get into the page is not run.
    browser.value(
        "document.body.insertAdjacentHTML('beforeend', '<img src=\"data:,x\""
            + " onerror=\"hacked=1\">')");
    Thread.sleep(200);
    assertTrue(browser.value("typeof hacked").asString().equals("undefined"));
  }
}
