using Bridge.Simulator.Model;

namespace Bridge.Simulator.Tests;

/// <summary>What a session knows of its conversation, and what it does not take into it.</summary>
internal sealed class ConversationMemoryTests
{
    private FakeRealtimeServer _server = null!;
    private FaultClient _client = null!;

    [SetUp]
    public async Task SetUp()
    {
        _server = await FakeRealtimeServer.StartAsync(new FakeModelOptions { Greeting = ModelAnswer.Tones(400), Answers = [ModelAnswer.Tones(200)], Transcripts = [new("what time is it")] });
        _client = await FaultClient.OpenAsync(_server);
    }

    [TearDown]
    public async Task TearDown()
    {
        _client.Dispose();
        await _server.DisposeAsync();
    }

    [Test]
    public async Task The_conversation_has_its_items_in_order_with_who_said_what()
    {
        await _client.SendAsync("""{"type":"session.update","session":{"type":"realtime","instructions":"Be kind.","audio":{"input":{"transcription":{"model":"gpt-transcribe"}}}}}""");
        await _client.SendAsync(Item("user", "input_text", "hello", "a"));
        await _client.SendAsync(Item("assistant", "output_text", "good day", "b"));
        await _client.SendAsync(Item("system", "input_text", "go on", "c"));
        await _client.UpToNowAsync();
        await _client.Session.SpeechStartedAsync();
        await _client.Session.SpeechStoppedAsync();
        await _client.UntilAsync("response.done");
        var spoken = _client.Session.Ledger.Single();
        await _client.SendAsync($$"""{"type":"conversation.item.truncate","item_id":"{{spoken.ItemId}}","content_index":0,"audio_end_ms":120}""");
        await _client.SendAsync("""{"type":"conversation.item.delete","item_id":"c"}""");
        await _client.UpToNowAsync();
        var items = _client.Session.Items;
        Assert.That(items.Select(item => (item.Role, item.Text, item.ByClient)), Is.EqualTo(new[]
        {
            ("user", "hello", true), ("assistant", "good day", true), ("user", "what time is it", false), ("assistant", spoken.Transcript, false),
        }));
        Assert.That(items.Select(item => item.RememberedMs), Is.EqualTo(new int?[] { null, null, null, 120 }));
        Assert.That(_client.Session.Instructions, Is.EqualTo("Be kind."));
        using var next = await FaultClient.OpenAsync(_server);
        Assert.That(next.Session.Items, Is.Empty, "a new session knows nothing");
        Assert.That(next.Session.Instructions, Is.Not.EqualTo("Be kind."));
    }

    [Test]
    public async Task A_greeting_is_a_response_with_instructions_in_an_empty_conversation()
    {
        await _client.SendAsync("""{"type":"response.create","response":{"instructions":"Greet.","output_modalities":["audio"]}}""");
        await _client.UntilAsync("response.done");
        await _client.SendAsync("""{"type":"response.create","response":{"instructions":"As you were saying."}}""");
        await _client.UntilAsync("response.done");
        await _client.SendAsync("""{"type":"response.create"}""");
        await _client.UntilAsync("response.done");
        var requests = _client.Session.ResponseRequests;
        Assert.That(requests.Select(request => (request.Instructions, request.IsGreeting)), Is.EqualTo(new[] { ("Greet.", true), ("As you were saying.", false), (null, false) }));
        Assert.That(requests[0].OutputModalities, Is.EqualTo(new[] { "audio" }));
        Assert.That(requests[1].OutputModalities, Is.Null);
        Assert.That(_client.Session.WasGreetingAsked);
        using var other = await FaultClient.OpenAsync(_server);
        await other.SendAsync(Item("user", "input_text", "hello", "a"));
        await other.SendAsync("""{"type":"response.create","response":{"instructions":"Go on."}}""");
        await other.UntilAsync("response.done");
        Assert.That(other.Session.WasGreetingAsked, Is.False);
    }

    [Test]
    public async Task An_answer_is_in_writing_when_text_was_asked_for()
    {
        await _client.SendAsync("""{"type":"response.create","response":{"output_modalities":["text"]}}""");
        Assert.That((await _client.UntilAsync("response.done")).Select(FaultClient.Type), Does.Contain("response.output_text.done"));
        Assert.That(_client.Session.Items.Single().Text, Is.EqualTo("A tone of 200 ms."));
        Assert.That(_client.Session.Ledger, Is.Empty);
    }

    [TestCase("""{"type":"message","role":"user","content":[{"type":"output_text","text":"x"}]}""", "invalid_value", "item.content[0].type")]
    [TestCase("""{"type":"message","role":"user","content":[{"type":"input_audio","audio":"////"}]}""", "invalid_value", "item.content[0].type")]
    [TestCase("""{"type":"message","role":"assistant","content":[{"type":"output_text","text":"x"},{"type":"input_text","text":"x"}]}""", "invalid_value", "item.content[1].type")]
    [TestCase("""{"type":"message","role":"assistant","content":[{"type":"text","text":"x"}]}""", "invalid_value", "item.content[0].type")]
    [TestCase("""{"type":"message","role":"system","content":[{"type":"output_text","text":"x"}]}""", "invalid_value", "item.content[0].type")]
    [TestCase("""{"type":"message","role":"tool","content":[{"type":"input_text","text":"x"}]}""", "invalid_value", "item.role")]
    [TestCase("""{"type":"message","content":[{"type":"input_text","text":"x"}]}""", "missing_required_parameter", "item.role")]
    [TestCase("""{"type":"message","role":"user"}""", "missing_required_parameter", "item.content")]
    [TestCase("""{"type":"message","role":"user","content":[]}""", "missing_required_parameter", "item.content")]
    [TestCase("""{"type":"message","role":"user","content":"x"}""", "invalid_type", "item.content")]
    [TestCase("""{"type":"message","role":"user","content":[{"type":"input_text"}]}""", "missing_required_parameter", "item.content[0].text")]
    [TestCase("""{"type":"message","role":"user","content":[{"type":"input_text","text":null}]}""", "invalid_type", "item.content[0].text")]
    [TestCase("""{"type":"message","role":"user","content":[{"type":"input_text","text":"x","transcript":"x"}]}""", "unknown_parameter", "item.content[0].transcript")]
    [TestCase("""{"type":"message","role":"user","name":"x","content":[{"type":"input_text","text":"x"}]}""", "unknown_parameter", "item.name")]
    [TestCase("""{"type":"message","id":"an id of more than thirty-two letters","role":"user","content":[{"type":"input_text","text":"x"}]}""", "string_above_max_length", "item.id")]
    [TestCase("""{"type":"function_call_output","output":"x"}""", "missing_required_parameter", "item.call_id")]
    [TestCase("""{"type":"function_call_output","call_id":"c","output":{}}""", "invalid_type", "item.output")]
    [TestCase("""{"type":5}""", "invalid_value", "item.type")]
    [TestCase("""{"role":"user"}""", "missing_required_parameter", "item.type")]
    public async Task An_item_that_the_api_would_not_take_is_refused(string item, string code, string parameter)
    {
        await _client.SendAsync($$"""{"type":"conversation.item.create","item":{{item}}}""");
        Assert.That(await _client.UpToNowAsync(), Is.EqualTo(new[] { "error" }));
        var error = _client.Session.Errors.Single();
        Assert.That((error.Code, error.Param), Is.EqualTo((code, parameter)));
        Assert.That(_client.Session.Items, Is.Empty);
    }

    [Test]
    public async Task An_id_that_is_taken_is_refused()
    {
        await _client.SendAsync(Item("user", "input_text", "one", "same"));
        await _client.SendAsync(Item("user", "input_text", "two", "same"));
        Assert.That(await _client.UpToNowAsync(), Is.EqualTo(new[] { "conversation.item.added", "conversation.item.done", "error" }));
        Assert.That(_client.Session.Items.Single().Text, Is.EqualTo("one"));
    }

    private static string Item(string role, string type, string text, string id) =>
        $$$"""{"type":"conversation.item.create","item":{"id":"{{{id}}}","type":"message","role":"{{{role}}}","content":[{"type":"{{{type}}}","text":"{{{text}}}"}]}}""";
}
