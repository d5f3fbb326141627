package s3

import (
	"net/http"
	"strings"

	"github.com/cargomedia/s3export/providers/simulator/store"
)

// uploadsPage is a page of the uploads under way.
type uploadsPage struct {
	listing
	idMarker  string
	uploads   []store.Upload
	prefixes  []string
	truncated bool
	nextKey   string
	nextID    string
}

// listUploads answers ListMultipartUploads.
func (x *exchange) listUploads() error {
	p := uploadsPage{idMarker: x.query.Get("upload-id-marker")}
	p.Prefix, p.Delimiter, p.After = x.query.Get("prefix"), x.query.Get("delimiter"), x.query.Get("key-marker")
	var err error
	if p.Max, err = x.count("max-uploads", maxKeys); err != nil {
		return err
	}
	if p.encoding, err = x.urlEncoding(); err != nil {
		return err
	}
	all, err := x.store.Uploads(x.bucket)
	if err != nil {
		return err
	}
	p.fill(all)
	x.send(http.StatusOK, x.uploadsDocument(p))
	return nil
}

func (p *uploadsPage) fill(all []store.Upload) {
	for _, u := range all {
		common, rolled := p.rolled(u.Key)
		switch {
		case !strings.HasPrefix(u.Key, p.Prefix) || !p.isAfter(u):
		case rolled && (common == p.nextKey || common == p.After):
		case len(p.uploads)+len(p.prefixes) >= p.Max:
			p.truncated = p.Max > 0
			return
		case rolled:
			p.prefixes = append(p.prefixes, common)
			p.nextKey, p.nextID = common, ""
		default:
			p.uploads = append(p.uploads, u)
			p.nextKey, p.nextID = u.Key, u.ID
		}
	}
}

// isAfter reports whether an upload comes after the markers. The marker of the id
// counts within one key only.
func (p *uploadsPage) isAfter(u store.Upload) bool {
	if u.Key == p.After && p.After != "" {
		return p.idMarker != "" && u.ID > p.idMarker
	}
	return u.Key > p.After
}

func (p *uploadsPage) rolled(key string) (string, bool) {
	if p.Delimiter == "" || !strings.HasPrefix(key, p.Prefix) {
		return "", false
	}
	head, _, found := strings.Cut(key[len(p.Prefix):], p.Delimiter)
	return p.Prefix + head + p.Delimiter, found
}

func (x *exchange) uploadsDocument(p uploadsPage) *document {
	doc := newDocument()
	doc.open("ListMultipartUploadsResult", namespace)
	doc.text("Bucket", x.bucket)
	doc.text("KeyMarker", p.encode(p.After))
	doc.text("UploadIdMarker", p.idMarker)
	if p.truncated {
		doc.text("NextKeyMarker", p.encode(p.nextKey))
		doc.text("NextUploadIdMarker", p.nextID)
	}
	doc.textIf("Prefix", p.encode(p.Prefix))
	doc.textIf("Delimiter", p.encode(p.Delimiter))
	if p.encoding {
		doc.text("EncodingType", "url")
	}
	doc.number("MaxUploads", int64(p.Max))
	doc.flag("IsTruncated", p.truncated)
	for _, u := range p.uploads {
		doc.open("Upload", "")
		doc.text("Key", p.encode(u.Key))
		doc.text("UploadId", u.ID)
		doc.owner("Initiator")
		doc.owner("Owner")
		doc.text("StorageClass", storageClass(u.StorageClass))
		doc.time("Initiated", u.Initiated)
		doc.textIf("ChecksumAlgorithm", u.Algorithm)
		doc.textIf("ChecksumType", string(u.ChecksumType))
		doc.close("Upload")
	}
	for _, prefix := range p.prefixes {
		doc.open("CommonPrefixes", "")
		doc.text("Prefix", p.encode(prefix))
		doc.close("CommonPrefixes")
	}
	doc.close("ListMultipartUploadsResult")
	return doc
}
