using System.Net.WebSockets;
using Bridge.Application.Abstractions;
using Bridge.Domain.Transcripts;

namespace Bridge.Infrastructure.Tests;

/// <summary>A session that takes the place of another: what it is told, and when.</summary>
public sealed class OpenAIHistoryTests
{
    private static readonly TranscriptTurn[] History = [new("a", Speaker.Caller, "Hello?", ""), new("b", Speaker.Assistant, "Good day.", "")];

    private readonly OpenAITestSession _session = new();

    [TearDown]
    public async Task TearDown() => await _session.DisposeAsync();

    [Test]
    public async Task History_is_told_before_anything_else()
    {
        await _session.ConfigureAsync(History);
        await _session.Session.AppendAudioAsync(new byte[1], CancellationToken.None);

        string[] types = [await _session.NextTypeAsync(), await _session.NextTypeAsync(), await _session.NextTypeAsync()];
        Assert.That(types, Is.EqualTo(new[] { "conversation.item.create replay_0", "conversation.item.create replay_1", "input_audio_buffer.append" }));
    }

    [Test]
    public async Task History_is_not_told_to_a_session_that_was_not_updated_as_it_should()
    {
        var configuring = await _session.BeginAsync(History);
        await _session.Sockets.FarSendsAsync(OpenAITestSession.Updated.Replace("pcmu", "pcma"));
        await Assert.ThatAsync(() => configuring, Throws.TypeOf<RealtimeSessionException>().With.Property("ErrorType").EqualTo("format_mismatch"));
        var disposing = _session.Session.DisposeAsync().AsTask();

        Assert.That(await _session.Sockets.FarReceivesAsync(), Is.Null, "nothing but the close");
        await _session.Sockets.FarClosesAsync();
        await disposing.WaitAsync(SocketPair.Patience);
    }

    [Test]
    public async Task A_new_conversation_has_no_history_to_tell()
    {
        await _session.ConfigureAsync([]);
        await _session.Session.AppendAudioAsync(new byte[1], CancellationToken.None);

        Assert.That(await _session.NextTypeAsync(), Is.EqualTo("input_audio_buffer.append"));
    }

    [Test]
    public async Task A_correction_deletes_and_tells_anew()
    {
        await _session.ConfigureAsync(History);
        await _session.Session.CorrectAsync(History[1] with { Heard = "Good" }, CancellationToken.None);
        await _session.Session.CorrectAsync(History[1] with { ItemId = "z" }, CancellationToken.None);
        await _session.Session.AppendAudioAsync(new byte[1], CancellationToken.None);

        var types = new List<string>();
        for (var i = 0; i < 5; i++)
            types.Add(await _session.NextTypeAsync());
        Assert.That(types.Skip(2), Is.EqualTo(new[] { "conversation.item.delete replay_1", "conversation.item.create replay_1", "input_audio_buffer.append" }));
    }

    [Test]
    public async Task Items_of_the_history_that_the_server_adds_are_no_news_and_what_comes_after_them_is()
    {
        await _session.ConfigureAsync(History);
        await AddedAsync("replay_0", "null", "user");
        await AddedAsync("replay_1", "\"replay_0\"", "assistant");
        await AddedAsync("item_9", "\"replay_1\"", "user");
        await _session.Sockets.FarClosesAsync(WebSocketCloseStatus.EndpointUnavailable);

        var events = await _session.ReadToEndAsync();
        Assert.That(events.Select(e => (e.Kind, e.Item.ItemId, e.PreviousItemId, e.Speaker)), Is.EqualTo(new[] { (RealtimeEventKind.ItemAdded, "item_9", (string?)"replay_1", Speaker.Caller) }));
    }

    private Task AddedAsync(string id, string previous, string role) =>
        _session.Sockets.FarSendsAsync($$$"""{"type":"conversation.item.added","previous_item_id":{{{previous}}},"item":{"id":"{{{id}}}","type":"message","role":"{{{role}}}"}}""");
}
