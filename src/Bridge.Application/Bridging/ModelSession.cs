using System.Diagnostics.CodeAnalysis;
using Bridge.Application.Abstractions;

namespace Bridge.Application.Bridging;

/// <summary>One session of a call while it is the one that is spoken to.</summary>
[SuppressMessage("Reliability", "CA1001", Justification = "A source without a timer and without a link holds nothing; a late look must find it alive.")]
internal sealed class ModelSession
{
    private readonly CancellationTokenSource _over = new();

    /// <summary>A session is exchanged at a quarter of its life before its end, five minutes at the most; and a tenth, a minute at the most, when no pause came.</summary>
    private static readonly TimeSpan Early = TimeSpan.FromMinutes(5), Late = TimeSpan.FromMinutes(1);

    public ModelSession(IRealtimeSession session, ModelConversation conversation, TimeSpan openedAt)
    {
        (Session, Conversation, OpenedAt) = (session, conversation, openedAt);
        Over = _over.Token;
    }

    /// <summary>The session itself.</summary>
    public IRealtimeSession Session { get; }

    /// <summary>What it says beside audio.</summary>
    public ModelConversation Conversation { get; }

    /// <summary>When it was opened, in the call's time.</summary>
    public TimeSpan OpenedAt { get; }

    /// <summary>Cancelled when it is given up: that destroys its socket, for it does not answer.</summary>
    public CancellationToken Over { get; }

    /// <summary>From when on it should be exchanged at the next pause; null for never.</summary>
    public TimeSpan? ExchangeAfter => Session.Lifetime is { } life ? OpenedAt + life - Least(Early, life / 4) : null;

    /// <summary>When it must be exchanged, pause or not; null for never.</summary>
    public TimeSpan? ExchangeBy => Session.Lifetime is { } life ? OpenedAt + life - Least(Late, life / 10) : null;

    /// <summary>It is given up: its reader ends at once, and not on the thread of the one who gives it up, who has other calls to look at.</summary>
    public void Leave() => _ = _over.CancelAsync();

    private static TimeSpan Least(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
