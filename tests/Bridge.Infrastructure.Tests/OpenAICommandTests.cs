using System.Text.Json.Nodes;
using Bridge.Application.Abstractions;
using Bridge.Application.Options;
using Bridge.Domain.Playback;
using Bridge.Domain.Turns;
using Bridge.Infrastructure.Realtime.OpenAI;
using Bridge.Infrastructure.WebSockets;

namespace Bridge.Infrastructure.Tests;

/// <summary>Commands to the model. A field too many drops a whole update there, so documents are compared whole.</summary>
public sealed class OpenAICommandTests
{
    private static readonly TurnDetectionOptions Turns = new() { Threshold = 0.6, PrefixPaddingMs = 250, SilenceDurationMs = 700 };

    [Test]
    public void A_session_is_audio_only_in_PCMU_both_ways_with_every_turn_setting_said() =>
        AssertJson(
            OpenAIDocuments.SessionUpdate(new RealtimeSessionSettings("Be \"kind\" – é.", "marin", 0.8, Turns), null),
            """
            {"type":"session.update","event_id":"u0","session":{"type":"realtime","output_modalities":["audio"],"instructions":"Be \"kind\" – é.",
             "audio":{"input":{"format":{"type":"audio/pcmu"},
                               "turn_detection":{"type":"server_vad","threshold":0.6,"prefix_padding_ms":250,"silence_duration_ms":700,"create_response":true,"interrupt_response":true}},
                      "output":{"format":{"type":"audio/pcmu"},"voice":"marin"}}}}
            """);

    [Test]
    public void A_voice_that_is_not_set_is_not_named() =>
        Assert.That(
            JsonNode.Parse(OpenAIDocuments.SessionUpdate(new RealtimeSessionSettings("x", null, null, Turns), null))!["session"]!["audio"]!["output"]!.ToJsonString(),
            Is.EqualTo("""{"format":{"type":"audio/pcmu"}}"""));

    [Test]
    public void A_greeting_is_a_response_with_instructions_that_keep_the_sessions_own() =>
        AssertJson(
            OpenAIDocuments.ResponseCreate("Be kind.", new ResponseRequest(3, "Say hello."), 17),
            """{"type":"response.create","event_id":"c3.17","response":{"instructions":"Be kind.\n\nSay hello.","metadata":{"request":"3"}}}""");

    [Test]
    public void A_response_without_a_prompt_has_only_its_number() =>
        AssertJson(
            OpenAIDocuments.ResponseCreate("Be kind.", new ResponseRequest(1, null), 2),
            """{"type":"response.create","event_id":"c1.2","response":{"metadata":{"request":"1"}}}""");

    [Test]
    public void A_response_that_must_be_audio_says_so() =>
        AssertJson(
            OpenAIDocuments.ResponseCreate("Be kind.", new ResponseRequest(1, null) { AudioOnly = true }, 2),
            """{"type":"response.create","event_id":"c1.2","response":{"output_modalities":["audio"],"metadata":{"request":"1"}}}""");

    [TestCase(null, null)]
    [TestCase("", null)]
    [TestCase("gpt-transcribe", """{"model":"gpt-transcribe"}""")]
    public void The_caller_is_written_down_only_by_a_model_that_is_named(string? model, string? transcription) =>
        Assert.That(
            JsonNode.Parse(OpenAIDocuments.SessionUpdate(new RealtimeSessionSettings("x", null, null, Turns), model))!["session"]!["audio"]!["input"]!["transcription"]?.ToJsonString(),
            Is.EqualTo(transcription));

    [TestCase("c3.17", 3)]
    [TestCase("c2147483647.1", int.MaxValue)]
    [TestCase("c3", null)]
    [TestCase("c.1", null)]
    [TestCase("c-3.1", null)]
    [TestCase("c 3.1", null)]
    [TestCase("c99999999999.1", null)]
    [TestCase("a3.1", null)]
    [TestCase("event_3.1", null)]
    [TestCase("", null)]
    [TestCase(null, null)]
    public void Only_the_id_of_a_response_create_names_a_request(string? id, int? request) => Assert.That(OpenAICommandId.Request(id), Is.EqualTo(request));

    [Test]
    public void The_id_of_a_response_create_is_read_as_it_was_written() =>
        Assert.That(OpenAICommandId.Request(OpenAICommandId.ResponseCreate(int.MaxValue, int.MaxValue)), Is.EqualTo(int.MaxValue));

    [Test]
    public void A_response_is_cancelled_by_its_id() =>
        Assert.That(Written(new OpenAICommandWriter.CancelResponse(19, "resp_CXyz-1")), Is.EqualTo("""{"type":"response.cancel","event_id":"x19","response_id":"resp_CXyz-1"}"""));

    [Test]
    public void Audio_is_appended() =>
        Assert.That(Written(new OpenAICommandWriter.AppendAudio(int.MaxValue, new byte[] { 0x7F, 0xFF, 0x7F, 0xFF })), Is.EqualTo("""{"type":"input_audio_buffer.append","event_id":"a2147483647","audio":"f/9//w=="}"""));

    [Test]
    public void An_item_is_truncated_at_whole_milliseconds() =>
        Assert.That(
            Written(new OpenAICommandWriter.Truncate(18, new Truncation(new ItemKey("item_CXyz-1", 2), 1234, 4000))),
            Is.EqualTo("""{"type":"conversation.item.truncate","event_id":"t18","item_id":"item_CXyz-1","content_index":2,"audio_end_ms":1234}"""));

    [Test]
    public void Nothing_heard_is_a_zero_and_not_left_out() =>
        Assert.That(Written(new OpenAICommandWriter.Truncate(18, new Truncation(new ItemKey("i", 0), 0, 4000))), Does.Contain("\"audio_end_ms\":0}"));

    [TestCase("a\"b")]
    [TestCase("a\\b")]
    [TestCase("a\nb\0")]
    [TestCase("é–\U0001F600")]
    [TestCase("")]
    [TestCase("<script>&'+/")]
    public void An_item_by_any_name_is_named_as_it_is(string id)
    {
        var command = JsonNode.Parse(Written(new OpenAICommandWriter.Truncate(18, new Truncation(new ItemKey(id, int.MaxValue), int.MaxValue, int.MaxValue))))!;
        var cancel = JsonNode.Parse(Written(new OpenAICommandWriter.CancelResponse(int.MaxValue, id)))!;

        Assert.That(cancel["response_id"]!.GetValue<string>(), Is.EqualTo(id));
        Assert.That(command["item_id"]!.GetValue<string>(), Is.EqualTo(id));
        Assert.That(command["audio_end_ms"]!.GetValue<int>(), Is.EqualTo(int.MaxValue));
    }

    [Test]
    public void A_very_long_name_fits() =>
        Assert.That(Written(new OpenAICommandWriter.Truncate(18, new Truncation(new ItemKey(new string('"', 3000), 0), 1, 1))), Has.Length.GreaterThan(6000));

    private static void AssertJson(byte[] actual, string expected) =>
        Assert.That(JsonNode.DeepEquals(JsonNode.Parse(actual), JsonNode.Parse(expected)), Is.True, Wire.Text(actual));

    private static string Written<T>(T message)
        where T : struct, IWireMessage
    {
        var buffer = new byte[message.MaxBytes];
        return Wire.Text(buffer.AsSpan(0, message.Write(buffer)));
    }
}
