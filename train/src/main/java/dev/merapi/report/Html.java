package dev.merapi.report;

import freemarker.core.HTMLOutputFormat;
import freemarker.core.TemplateClassResolver;
import freemarker.template.Configuration;
import freemarker.template.Template;
import freemarker.template.TemplateException;
import freemarker.template.TemplateExceptionHandler;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes a page as one HTML file that needs no other, and no script. Every text is escaped by the
 * template, wherever it comes from.
 */
public final class Html {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();
  private static final TypeReference<Map<String, Object>> FIELDS = new TypeReference<>() {};

  private Html() {}

  /** The whole file. */
  public static String of(Page page) {
    var html = new StringWriter();
    try {
      template().process(MAPPER.convertValue(page, FIELDS), html);
    } catch (IOException | TemplateException e) {
      throw new IllegalStateException("the page's template does not fit its records", e);
    }
    return html.toString();
  }

  private static Template template() throws IOException {
    var configuration = new Configuration(Configuration.VERSION_2_3_34);
    configuration.setOutputFormat(HTMLOutputFormat.INSTANCE);
    configuration.setTemplateExceptionHandler(TemplateExceptionHandler.RETHROW_HANDLER);
    configuration.setLogTemplateExceptions(false);
    configuration.setNewBuiltinClassResolver(TemplateClassResolver.ALLOWS_NOTHING_RESOLVER);
    configuration.setNumberFormat("computer");
    try (var text =
        new InputStreamReader(
            Html.class.getResourceAsStream("page.ftlh"), StandardCharsets.UTF_8)) {
      return new Template("page.ftlh", text, configuration);
    }
  }
}
