using Bridge.Application.Abstractions;
using Bridge.Domain.Playback;
using Bridge.Domain.Transcripts;
using Bridge.Infrastructure.Realtime.OpenAI;

namespace Bridge.Infrastructure.Tests;

/// <summary>Items, words, and which request of ours an event answers.</summary>
public sealed class OpenAIWordsTests
{
    private const string Added =
        """{"type":"conversation.item.added","event_id":"event_1","previous_item_id":"item_1","item":{"id":"item_2","object":"realtime.item","type":"message","status":"in_progress","role":"user","content":[{"type":"input_audio","transcript":null}]}}""";

    private const string Delta =
        """{"type":"response.output_audio_transcript.delta","event_id":"event_2","response_id":"resp_1","item_id":"item_2","output_index":0,"content_index":1,"delta":"Hel \"lo\" \u00e9 \ud83d\udc4b"}""";

    private const string Done =
        """{"type":"response.output_audio_transcript.done","event_id":"event_3","response_id":"resp_1","item_id":"item_2","output_index":0,"content_index":1,"transcript":"Hello."}""";

    private const string Transcribed =
        """{"type":"conversation.item.input_audio_transcription.completed","event_id":"event_4","item_id":"item_2","content_index":0,"transcript":"Hello.","usage":{"type":"duration","seconds":1}}""";

    private const string NotTranscribed =
        """{"type":"conversation.item.input_audio_transcription.failed","event_id":"event_5","item_id":"item_2","content_index":0,"error":{"type":"transcription_error","code":"audio_unintelligible","message":"Could not."}}""";

    private const string Created = """{"type":"response.created","event_id":"event_6","response":{"id":"resp_1","status":"in_progress","metadata":{"request":"7"}}}""";

    private const string Error =
        """{"type":"error","event_id":"event_7","error":{"type":"invalid_request_error","code":"conversation_already_has_active_response","message":"Busy.","param":"response.x[0]","event_id":"c7.19"}}""";

    private readonly OpenAIEventReader _reader = new();

    public static IEnumerable<string> Events => [Added, Delta, Done, Transcribed, NotTranscribed, Created, Error];

    [TestCase("user", Speaker.Caller)]
    [TestCase("assistant", Speaker.Assistant)]
    public void A_message_joins_the_conversation_after_another(string role, Speaker speaker) =>
        Assert.That(
            ForTheCall(Added.Replace("user", role)),
            Is.EqualTo(new RealtimeEvent(RealtimeEventKind.ItemAdded, Item: new ItemKey("item_2", 0)) { PreviousItemId = "item_1", Speaker = speaker }));

    [TestCase("\"previous_item_id\":\"item_1\"", "\"previous_item_id\":null")]
    [TestCase("\"previous_item_id\":\"item_1\",", "")]
    public void The_first_item_comes_after_none(string with, string without) => Assert.That(ForTheCall(Added.Replace(with, without)).PreviousItemId, Is.Null);

    [TestCase("message", "function_call")]
    [TestCase("message", "function_call_output")]
    [TestCase("\"role\":\"user\"", "\"role\":\"system\"")]
    public void An_item_that_is_nobodys_words_is_of_no_use_to_a_call(string good, string other) =>
        Assert.That(Read(Added.Replace(good, other)).Kind, Is.EqualTo(OpenAIEventKind.Ignored));

    [Test]
    public void An_item_without_a_name_is_malformed() => Assert.That(Read(Added.Replace("\"id\":\"item_2\",", "")).Kind, Is.EqualTo(OpenAIEventKind.Malformed));

    [Test]
    public void Words_of_the_assistant_come_bit_by_bit_and_unescaped() =>
        Assert.That(
            ForTheCall(Delta),
            Is.EqualTo(new RealtimeEvent(RealtimeEventKind.TextDelta, Item: new ItemKey("item_2", 1)) { Text = "Hel \"lo\" é \ud83d\udc4b", Speaker = Speaker.Assistant }));

    [Test]
    public void All_words_of_the_assistant_come_at_the_end() =>
        Assert.That(ForTheCall(Done), Is.EqualTo(new RealtimeEvent(RealtimeEventKind.TextFinished, Item: new ItemKey("item_2", 1)) { Text = "Hello.", Speaker = Speaker.Assistant }));

    [Test]
    public void An_end_without_words_says_that_those_that_came_are_all() => Assert.That(ForTheCall(Done.Replace("\"Hello.\"", "null")).Text, Is.Null);

    [Test]
    public void The_callers_words_come_whole() =>
        Assert.That(ForTheCall(Transcribed), Is.EqualTo(new RealtimeEvent(RealtimeEventKind.TextFinished, Item: new ItemKey("item_2", 0)) { Text = "Hello.", Speaker = Speaker.Caller }));

    [Test]
    public void The_callers_words_that_could_not_be_written_down_are_no_error_of_the_session() =>
        Assert.That(Read(NotTranscribed).Event.Kind, Is.Not.EqualTo(RealtimeEventKind.Error));

    [TestCase("\"7\"", 7)]
    [TestCase("7", null)]
    [TestCase("\"-7\"", null)]
    [TestCase("\"x\"", null)]
    [TestCase("null", null)]
    public void A_response_names_the_request_it_answers(string value, int? request) =>
        Assert.That(ForTheCall(Created.Replace("\"7\"", value)).Request, Is.EqualTo(request));

    [Test]
    public void A_response_without_metadata_is_the_models_own() => Assert.That(ForTheCall(Created.Replace("{\"request\":\"7\"}", "null")).Request, Is.Null);

    [Test]
    public void An_error_names_the_request_it_refuses_and_the_field_it_is_about() =>
        Assert.That(
            ForTheCall(Error).Error,
            Is.EqualTo(new RealtimeError("conversation_already_has_active_response", "response.x[0]", "Busy.", RealtimeErrorKind.ResponseActive, 7) { About = "(response create 7)" }));

    [TestCase("a19")]
    [TestCase("t19")]
    [TestCase("u0")]
    [TestCase("")]
    public void An_error_about_another_command_names_no_request(string id) => Assert.That(ForTheCall(Error.Replace("c7.19", id)).Error!.Request, Is.Null);

    [TestCase("two words")]
    [TestCase("it's")]
    [TestCase("a\\nb")]
    [TestCase("a\\n")]
    [TestCase("sk-\u00e9")]
    [TestCase("<script>")]
    public void Names_that_are_no_identifiers_are_not_repeated(string name)
    {
        var error = ForTheCall(Error.Replace("conversation_already_has_active_response", name).Replace("response.x[0]", name)).Error!;

        Assert.That((error.Code, error.Parameter), Is.EqualTo(("(no identifier)", "(no identifier)")));
    }

    [Test]
    public void A_name_longer_than_any_name_is_not_repeated() =>
        Assert.That(ForTheCall(Error.Replace("conversation_already_has_active_response", new string('x', 101))).Error!.Code, Is.EqualTo("(no identifier)"));

    [TestCaseSource(nameof(Events))]
    public void Fields_may_come_in_any_order(string message) => Assert.That(Read(Wire.Reversed(message)), Is.EqualTo(Read(message)));

    [TestCaseSource(nameof(Events))]
    public void Whatever_is_wrong_with_an_event_nothing_is_thrown(string message)
    {
        foreach (var wrong in Wire.WithEveryValueWrong(message).Concat(Wire.CutShort(message)))
            Assert.That(() => Read(wrong), Throws.Nothing, wrong);
        foreach (var damaged in Wire.Damaged(message, 3000))
            Assert.That(() => _reader.Read(damaged), Throws.Nothing, Convert.ToHexString(damaged));
    }

    private OpenAIEvent Read(string message) => _reader.Read(Wire.Bytes(message));

    private RealtimeEvent ForTheCall(string message)
    {
        var e = Read(message);
        Assert.That(e.Kind, Is.EqualTo(OpenAIEventKind.ForTheCall));
        return e.Event;
    }
}
