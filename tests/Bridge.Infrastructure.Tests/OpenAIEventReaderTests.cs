using Bridge.Application.Abstractions;
using Bridge.Domain.Playback;
using Bridge.Domain.Turns;
using Bridge.Infrastructure.Realtime.OpenAI;

namespace Bridge.Infrastructure.Tests;

public sealed class OpenAIEventReaderTests
{
    private const string Delta =
        """{"type":"response.output_audio.delta","event_id":"event_1","response_id":"resp_1","item_id":"item_1","output_index":0,"content_index":2,"delta":"f/9//w=="}""";

    private const string AudioDone =
        """{"type":"response.output_audio.done","event_id":"event_2","response_id":"resp_1","item_id":"item_1","output_index":0,"content_index":2}""";

    private const string Created = """{"type":"response.created","event_id":"event_3","response":{"object":"realtime.response","id":"resp_1","status":"in_progress","output":[],"metadata":null}}""";

    private const string Done =
        """{"type":"response.done","event_id":"event_4","response":{"id":"resp_1","status":"cancelled","status_details":{"type":"cancelled","reason":"turn_detected"},"output":[{"id":"item_1","content":[{"transcript":"…"}]}],"usage":null}}""";

    private const string Failed =
        """{"type":"response.done","event_id":"event_5","response":{"id":"resp_1","status":"failed","status_details":{"type":"failed","error":{"type":"tokens","code":"rate_limit_exceeded","message":"Later."}},"output":[]}}""";

    private const string Started = """{"type":"input_audio_buffer.speech_started","event_id":"event_6","audio_start_ms":1200,"item_id":"item_9"}""";

    private const string Stopped = """{"type":"input_audio_buffer.speech_stopped","event_id":"event_7","audio_end_ms":2200,"item_id":"item_9"}""";

    private const string Error =
        """{"type":"error","event_id":"event_8","error":{"type":"invalid_request_error","code":"item_truncate_invalid_item_id","message":"No such item.","param":null,"event_id":null}}""";

    private const string Updated =
        """{"type":"session.updated","event_id":"event_9","session":{"id":"sess_1","audio":{"input":{"format":{"type":"audio/pcmu"}},"output":{"format":{"type":"audio/pcm","rate":24000},"voice":"alloy"}}}}""";

    private readonly OpenAIEventReader _reader = new();

    public static IEnumerable<string> Events => [Delta, AudioDone, Created, Done, Failed, Started, Stopped, Error, Updated];

    [Test]
    public void Audio_comes_with_its_response_and_item()
    {
        var e = ForTheCall(Delta);

        Assert.That((e.Kind, e.ResponseId, e.Item), Is.EqualTo((RealtimeEventKind.AudioDelta, "resp_1", new ItemKey("item_1", 2))));
        Assert.That(e.Audio.ToArray(), Is.EqualTo(new byte[] { 0x7F, 0xFF, 0x7F, 0xFF }));
    }

    [Test]
    public void The_end_of_an_items_audio_names_the_item() =>
        Assert.That(ForTheCall(AudioDone), Is.EqualTo(new RealtimeEvent(RealtimeEventKind.ItemFinished, Item: new ItemKey("item_1", 2))));

    [Test]
    public void A_response_begins() => Assert.That(ForTheCall(Created), Is.EqualTo(new RealtimeEvent(RealtimeEventKind.ResponseStarted, "resp_1")));

    [TestCase("cancelled", ResponseEnding.Cancelled)]
    [TestCase("completed", ResponseEnding.Completed)]
    public void A_response_that_did_not_fail_ends_without_an_error(string status, ResponseEnding ending) =>
        Assert.That(ForTheCall(Done.Replace("cancelled", status)), Is.EqualTo(new RealtimeEvent(RealtimeEventKind.ResponseFinished, "resp_1") { Ending = ending }));

    [Test]
    public void A_response_that_failed_says_why() =>
        Assert.That(ForTheCall(Failed).Error, Is.EqualTo(new RealtimeError("rate_limit_exceeded", "", "Later.", RealtimeErrorKind.Other)));

    [Test]
    public void A_response_that_is_incomplete_says_why_by_a_name() =>
        Assert.That(
            ForTheCall(Done.Replace("\"cancelled\"", "\"incomplete\"").Replace("turn_detected", "max_output_tokens")).Error,
            Is.EqualTo(new RealtimeError("incomplete", "max_output_tokens", "", RealtimeErrorKind.Other)));

    [Test]
    public void A_response_that_failed_without_a_reason_failed_all_the_same() =>
        Assert.That(ForTheCall("""{"type":"response.done","response":{"id":"resp_1","status":"failed","status_details":null}}""").Error, Is.Not.Null);

    [Test]
    public void The_callers_speech_begins_and_ends()
    {
        Assert.That(ForTheCall(Started).Kind, Is.EqualTo(RealtimeEventKind.SpeechStarted));
        Assert.That(ForTheCall(Stopped).Kind, Is.EqualTo(RealtimeEventKind.SpeechStopped));
    }

    [TestCase("session_expired", RealtimeErrorKind.SessionOver)]
    [TestCase("insufficient_quota", RealtimeErrorKind.Fatal)]
    [TestCase("invalid_api_key", RealtimeErrorKind.Fatal)]
    [TestCase("account_deactivated", RealtimeErrorKind.Fatal)]
    [TestCase("billing_hard_limit_reached", RealtimeErrorKind.Fatal)]
    [TestCase("response_cancel_not_active", RealtimeErrorKind.NothingToCancel)]
    [TestCase("conversation_already_has_active_response", RealtimeErrorKind.ResponseActive)]
    [TestCase("input_audio_buffer_commit_empty", RealtimeErrorKind.Harmless)]
    [TestCase("item_truncate_invalid_item_id", RealtimeErrorKind.Harmless)]
    [TestCase("item_delete_invalid_item_id", RealtimeErrorKind.Harmless)]
    [TestCase("item_retrieve_invalid_item_id", RealtimeErrorKind.Harmless)]
    [TestCase("invalid_audio_end_ms", RealtimeErrorKind.Harmless)]
    [TestCase("rate_limit_exceeded", RealtimeErrorKind.Other)]
    [TestCase("unknown_parameter", RealtimeErrorKind.Other)]
    public void Only_errors_no_other_session_would_survive_are_fatal_and_races_and_what_does_no_harm_are_known(string code, RealtimeErrorKind kind) =>
        Assert.That(ForTheCall(Error.Replace("item_truncate_invalid_item_id", code)).Error, Is.EqualTo(new RealtimeError(code, "", "No such item.", kind)));

    [Test]
    public void An_error_without_a_code_goes_by_its_type() =>
        Assert.That(ForTheCall("""{"type":"error","error":{"type":"server_error","code":null,"message":"Oh."}}""").Error!.Code, Is.EqualTo("server_error"));

    [Test]
    public void A_sessions_echo_shows_both_formats() =>
        Assert.That(Read(Updated), Is.EqualTo(new OpenAIEvent(OpenAIEventKind.SessionUpdated, Session: new OpenAISession("sess_1", "audio/pcmu", "audio/pcm", null))));

    [Test]
    public void A_session_that_was_created_has_its_name() =>
        Assert.That(Read(Updated.Replace("session.updated", "session.created")).Session.Id, Is.EqualTo("sess_1"));

    [TestCaseSource(nameof(Events))]
    public void Fields_may_come_in_any_order(string message)
    {
        var (straight, reversed) = (Read(message), Read(Wire.Reversed(message)));

        Assert.That(reversed.Event.Audio.ToArray(), Is.EqualTo(straight.Event.Audio.ToArray()));
        Assert.That(reversed with { Event = reversed.Event with { Audio = default } }, Is.EqualTo(straight with { Event = straight.Event with { Audio = default } }));
    }

    [TestCase("rate_limits.updated")]
    [TestCase("conversation.item.truncated")]
    [TestCase("response.hologram.delta")]
    [TestCase("")]
    public void Events_not_known_here_are_of_no_use_to_a_call_and_no_fault(string type) =>
        Assert.That(Read(Delta.Replace("response.output_audio.delta", type)).Kind, Is.EqualTo(OpenAIEventKind.Ignored));

    [TestCase("{}")]
    [TestCase("""{"type":null}""")]
    [TestCase("""{"type":"response.output_audio.delta","item_id":"item_1","content_index":0,"delta":"f/9//w=="}""")]
    [TestCase("""{"type":"response.output_audio.delta","response_id":"resp_1","content_index":0,"delta":"f/9//w=="}""")]
    [TestCase("""{"type":"response.output_audio.delta","response_id":"resp_1","item_id":"item_1","content_index":0}""")]
    [TestCase("""{"type":"response.output_audio.delta","response_id":"resp_1","item_id":"item_1","content_index":0,"delta":"!"}""")]
    [TestCase("""{"type":"response.output_audio.done"}""")]
    [TestCase("""{"type":"response.done","response":{}}""")]
    [TestCase("""{"type":"response.created"}""")]
    [TestCase("""{"type":"error","error":null}""")]
    [TestCase("[]")]
    [TestCase("")]
    [TestCase("""{"type":"session.updated"}x""")]
    public void An_event_without_what_it_must_have_is_malformed(string message) => Assert.That(Read(message).Kind, Is.EqualTo(OpenAIEventKind.Malformed));

    [Test]
    public void Objects_may_come_before_the_type_that_says_whether_they_are_needed()
    {
        const string ended = """ "response" : { "id" : "resp_1", "status" : "completed" } """;

        Assert.That(ForTheCall($$"""{{{ended}},"type":"response.done"}""").ResponseId, Is.EqualTo("resp_1"));
        Assert.That(Read($$"""{{{ended}},"type":"response.new_kind"}""").Kind, Is.EqualTo(OpenAIEventKind.Ignored));
    }

    [TestCase("conversation.item.added", nameof(OpenAIEventKind.Malformed))]
    [TestCase("conversation.item.done", nameof(OpenAIEventKind.Ignored))]
    public void An_unreadable_object_is_a_fault_where_it_is_needed(string type, string kind) =>
        Assert.That(Read($$$"""{"type":"{{{type}}}","item":{"id":"\ud83d","type":"message","role":"user"}}""").Kind.ToString(), Is.EqualTo(kind));

    [TestCaseSource(nameof(Events))]
    public void Whatever_is_wrong_with_an_event_nothing_is_thrown(string message)
    {
        foreach (var wrong in Wire.WithEveryValueWrong(message).Concat(Wire.CutShort(message)))
            Assert.That(() => Read(wrong), Throws.Nothing, wrong);
        foreach (var damaged in Wire.Damaged(message, 3000))
            Assert.That(() => _reader.Read(damaged), Throws.Nothing, Convert.ToHexString(damaged));
    }

    [Test]
    public void A_run_of_deltas_names_its_ids_with_the_same_strings()
    {
        var (first, second) = (ForTheCall(Delta), ForTheCall(Delta));

        Assert.That(second.ResponseId, Is.SameAs(first.ResponseId));
        Assert.That(second.Item.ItemId, Is.SameAs(first.Item.ItemId));
    }

    [Test]
    public void Another_item_is_not_mistaken_for_the_one_before_it()
    {
        ForTheCall(Delta);

        Assert.That(ForTheCall(Delta.Replace("item_1", "item_2")).Item.ItemId, Is.EqualTo("item_2"));
        Assert.That(ForTheCall(Delta.Replace("resp_1", "resp_10")).ResponseId, Is.EqualTo("resp_10"));
    }

    [Test]
    public void Ids_that_were_escaped_are_the_ids_they_stand_for()
    {
        var delta = ForTheCall(Delta.Replace("resp_1", "resp\\/1").Replace("item_1", "item\\u005f1"));
        var done = ForTheCall(Done.Replace("resp_1", "resp\\/1"));

        Assert.That((delta.ResponseId, delta.Item.ItemId), Is.EqualTo(("resp/1", "item_1")));
        Assert.That(done.ResponseId, Is.EqualTo(delta.ResponseId));
    }

    [Test]
    public void Audio_may_be_escaped() =>
        Assert.That(ForTheCall(Delta.Replace("f/9//w==", "f\\/9\\u002F\\/w==")).Audio.ToArray(), Is.EqualTo(new byte[] { 0x7F, 0xFF, 0x7F, 0xFF }));

    private OpenAIEvent Read(string message) => _reader.Read(Wire.Bytes(message));

    private RealtimeEvent ForTheCall(string message)
    {
        var e = Read(message);
        Assert.That(e.Kind, Is.EqualTo(OpenAIEventKind.ForTheCall));
        return e.Event;
    }
}
