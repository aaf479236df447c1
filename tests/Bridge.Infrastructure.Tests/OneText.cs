using System.Text;
using Bridge.Infrastructure.WebSockets;

namespace Bridge.Infrastructure.Tests;

/// <summary>A message that is just its text.</summary>
internal readonly struct OneText(string text) : IWireMessage
{
    public int MaxBytes => Encoding.UTF8.GetMaxByteCount(text.Length);

    public int Write(Span<byte> utf8) => Encoding.UTF8.GetBytes(text, utf8);
}
