package dev.merapi.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.merapi.tensor.DType;
import dev.merapi.tensor.MerapiException;
import dev.merapi.tensor.Parameter;
import dev.merapi.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WeightsTest {
  @TempDir Path folder;

  private static Map<String, Parameter> model(float first) {
    var parameters = new LinkedHashMap<String, Parameter>();
    parameters.put("0.weight", Parameter.of(Tensor.of(new float[] {first, 2, 3, 4, 5, 6}, 2, 3)));
    parameters.put("0.bias", Parameter.of(Tensor.of(new float[] {first, -1})));
    parameters.put("steps", Parameter.state(Tensor.of(new long[] {(long) first})));
    return parameters;
  }

  @Test
  void valuesRoundTrip() {
    var file = folder.resolve("model.safetensors");
    new Safetensors(Weights.of(model(7)), Map.of()).write(file);
    var loaded = model(0);
    Weights.load(file, loaded);
    model(7)
        .forEach(
            (name, parameter) ->
                assertTrue(
                    StoredArray.of(parameter).sameAs(StoredArray.of(loaded.get(name))), name));
  }

  @Test
  void weightsOfAnotherModelAreRefusedWhole() {
    var file = folder.resolve("model.safetensors");
    var other = model(7);
    other.put("0.bias", Parameter.of(Tensor.of(new float[] {1, 2, 3})));
    other.put("steps", Parameter.state(Tensor.of(new int[] {1})));
    other.remove("0.weight");
    for (int i = 1; i < 6; i++) {
      other.put(i + ".weight", Parameter.of(Tensor.of(new float[] {i})));
    }
    new Safetensors(Weights.of(other), Map.of()).write(file);
    var mine = model(9);
    var error = assertThrows(FileException.class, () -> Weights.load(file, mine));
    assertEquals(
        file
            + ": these are the weights of another model: not in the file: 0.weight F32 (2, 3); not"
            + " in the model: 1.weight F32 (1,), 2.weight F32 (1,), 3.weight F32 (1,) and 2 more;"
            + " different: 0.bias is F32 (3,) in the file and F32 (2,) in the model, steps is I32"
            + " (1,) in the file and I64 (1,) in the model; build the model with the settings that"
            + " the file was made with, or use another file",
        error.getMessage());
    assertTrue(StoredArray.of(mine.get("0.bias")).sameAs(StoredArray.of(model(9).get("0.bias"))));
  }

  @Test
  void checkpointsLoadIntoParameters() {
    var checkpoint =
        new Checkpoints(folder)
            .save(3, Weights.of(model(1)), Weights.of(model(2)), new CheckpointsTest.Empty());
    var model = model(0);
    var optimizer = model(0);
    checkpoint.loadModel(model);
    checkpoint.loadOptimizer(optimizer);
    assertEquals(1, StoredArray.of(model.get("0.bias")).bytes().get(ValueLayout.JAVA_FLOAT, 0));
    assertEquals(2, StoredArray.of(optimizer.get("0.bias")).bytes().get(ValueLayout.JAVA_FLOAT, 0));
  }

  @ParameterizedTest
  @EnumSource
  void everyDTypeBecomesATensorAtAnyAlignment(DType dtype) {
    var bytes = new byte[dtype.bytes() * 3 + 1];
    bytes[1] = 1;
    var odd = MemorySegment.ofArray(bytes).asSlice(1);
    var tensor = new StoredArray(ElementType.of(dtype), List.of(3L), odd).toTensor();
    assertEquals(dtype, tensor.dtype());
    var back = StoredArray.of(Parameter.of(tensor));
    assertArrayEquals(
        odd.toArray(ValueLayout.JAVA_BYTE), back.bytes().toArray(ValueLayout.JAVA_BYTE));
  }

  @Test
  void typesThatTensorsLackSayWhatToDo() {
    var doubles =
        new StoredArray(
            ElementType.F64, List.of(2L), MemorySegment.ofArray(new double[] {0.1, -1e300}));
    var error = assertThrows(MerapiException.class, doubles::toTensor);
    assertTrue(error.getMessage().contains("toF32()"), error.getMessage());
    assertArrayEquals(
        new float[] {0.1f, Float.NEGATIVE_INFINITY},
        doubles.toF32().bytes().toArray(ValueLayout.JAVA_FLOAT));
    var small = TestData.bytes(ElementType.U16, 1, 2);
    error = assertThrows(MerapiException.class, small::toTensor);
    assertTrue(error.getMessage().contains("BOOL, U8, I8, I32"), error.getMessage());
    assertThrows(MerapiException.class, small::toF32);
  }

  @Test
  void axesBeyondAnIntAreRefused() {
    var array =
        new StoredArray(ElementType.F32, List.of(1L << 40, 0L), MemorySegment.ofArray(new byte[0]));
    assertThrows(MerapiException.class, array::toTensor);
  }
}
