using System.Text.Json.Nodes;

namespace Bridge.Simulator.Model;

/// <summary>
/// One item of a conversation, as the model has it. <paramref name="Text"/> are its words: what was written, said or called with; null for
/// speech that was not put into words. <paramref name="ByClient"/>: it came with <c>conversation.item.create</c>.
/// </summary>
public sealed record ConversationItem(string ItemId, string Type, string? Role, string? Text, string? Status, bool ByClient)
{
    /// <summary>Milliseconds of it that the model takes for heard; null when it is no audio of the assistant.</summary>
    public int? RememberedMs { get; init; }

    internal static ConversationItem Of(string id, JsonObject item, bool byClient, LedgerItem? audio)
    {
        var parts = (item["content"] as JsonArray ?? []).Select(static part => (string?)part?["text"] ?? (string?)part?["transcript"]);
        var words = string.Concat(parts.Where(static text => text is not null));
        var text = words.Length > 0 ? words : (string?)item["output"] ?? (string?)item["arguments"];
        return new ConversationItem(id, (string)item["type"]!, (string?)item["role"], text, (string?)item["status"], byClient)
        {
            RememberedMs = audio?.RememberedMs,
        };
    }
}
