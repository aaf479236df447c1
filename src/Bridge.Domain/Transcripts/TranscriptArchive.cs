using System.Text;

namespace Bridge.Domain.Transcripts;

/// <summary>
/// Turns that nothing changes any more, packed: the words in UTF-8, many turns in one piece. As objects a turn of ten words takes five
/// times as much, and a process that carries calls for hours is made of them.
/// </summary>
internal sealed class TranscriptArchive
{
    private readonly List<byte[]> _pages = [];

    /// <summary>Puts turns behind those that are here.</summary>
    public void Add(IEnumerable<TranscriptTurn> turns)
    {
        using var page = new MemoryStream();
        using var writer = new BinaryWriter(page, Encoding.UTF8);
        foreach (var turn in turns)
        {
            writer.Write(turn.ItemId);
            writer.Write((byte)turn.Speaker);
            writer.Write(turn.Heard);
            writer.Write(turn.Unheard);
        }

        if (page.Length > 0)
            _pages.Add(page.ToArray());
    }

    /// <summary>All of them, in order.</summary>
    public IEnumerable<TranscriptTurn> Turns() => _pages.SelectMany(Read);

    private static IEnumerable<TranscriptTurn> Read(byte[] page)
    {
        using var reader = new BinaryReader(new MemoryStream(page), Encoding.UTF8);
        while (reader.BaseStream.Position < page.Length)
            yield return new TranscriptTurn(reader.ReadString(), (Speaker)reader.ReadByte(), reader.ReadString(), reader.ReadString());
    }
}
