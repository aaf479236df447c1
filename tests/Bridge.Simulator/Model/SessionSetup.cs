using System.Text.Json;
using System.Text.Json.Nodes;

namespace Bridge.Simulator.Model;

/// <summary>How a session begins: <c>session.created</c>, the client's updates, <c>session.updated</c>.</summary>
internal sealed class SessionSetup(FakeConversation conversation, EffectiveSession session, CancellationToken over)
{
    private long _configuredAt;

    /// <summary>When <c>session.updated</c> was sent, a timestamp of the model's clock; null before.</summary>
    public long? ConfiguredAt => Interlocked.Read(ref _configuredAt) is var at and not 0 ? at : null;

    public Task BeginAsync() => CreateAsync(session.Copy());

    public RealtimeError? Update(JsonElement changes, bool audioIsPresent)
    {
        var options = conversation.Options;
        if ((options.UpdateError ?? session.Apply(changes, audioIsPresent, options.IgnorePcmu)) is { } error)
            return error;
        _ = ConfirmAsync(session.Copy());
        return null;
    }

    private async Task CreateAsync(JsonObject created)
    {
        if (conversation.Options.BeforeCreated is { } before)
            await before(over);
        if (conversation.Options.CreatedError is { } error)
            await conversation.SendFaultErrorAsync(error);
        else
            await conversation.SendAsync(OpenAIWire.Session("session.created", created));
    }

    // Not awaited by the reader, so that audio which comes too early is seen to come too early.
    private async Task ConfirmAsync(JsonObject updated)
    {
        if (conversation.Options.BeforeUpdated is { } before)
            await before(over);
        Interlocked.Exchange(ref _configuredAt, Math.Max(1, conversation.Options.Clock.GetTimestamp()));
        await conversation.SendAsync(OpenAIWire.Session("session.updated", updated));
    }
}
