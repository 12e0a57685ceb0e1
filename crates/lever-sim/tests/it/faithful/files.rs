//! Files and resumes, as multipart bodies.

use reqwest::{
    Method, StatusCode,
    multipart::{Form, Part},
};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::support::{Answer, Lever, keys, texts};

async fn send(lever: &Lever, path: &str, form: Form) -> Answer {
    let response = lever
        .http
        .post(format!("{}{path}", lever.running.api_url))
        .basic_auth(&lever.key, Some(""))
        .multipart(form)
        .send()
        .await
        .unwrap();
    Answer {
        status: response.status(),
        headers: response.headers().clone(),
        text: response.text().await.unwrap(),
    }
}

fn file(field: &'static str, name: &'static str, bytes: &'static [u8]) -> Form {
    Form::new().part(field, Part::bytes(bytes).file_name(name))
}

#[tokio::test]
async fn a_file_is_uploaded_listed_read_downloaded_and_deleted() {
    let lever = Lever::with(0).await;
    let id = lever.somebody().await;
    let ana = lever.user("ana@demo.example").await;
    let base = format!("/opportunities/{id}/files");
    lever.running.freeze(None).await.unwrap();
    let first = lever.running.now();
    let made = send(&lever, &format!("{base}?perform_as={ana}"), file("file", "Cv One.PDF", b"%PDF-1")).await;
    assert_eq!(made.status, StatusCode::OK, "{}", made.text);
    let one = made.json()["data"].clone();
    assert_eq!(keys(&one), ["id", "downloadUrl", "ext", "name", "uploadedAt", "status", "size"]);
    assert_eq!(
        (&one["ext"], &one["name"], &one["uploadedAt"], &one["status"], &one["size"]),
        (&json!(".pdf"), &json!("Cv One.PDF"), &json!(first), &json!("processed"), &json!(6))
    );
    let second = lever.running.step(1_000).await.unwrap();
    let other = send(&lever, &format!("{base}?perform_as={ana}"), file("file", "a.exe", b"x")).await.json();
    assert_eq!(other["data"]["status"], "unsupported");

    let listed = lever.data(&base).await;
    assert_eq!(texts(&listed, "name"), ["a.exe", "Cv One.PDF"], "newest first");
    let late = lever.data(&format!("{base}?uploaded_at_start={second}")).await;
    assert_eq!(texts(&late, "name"), ["a.exe"]);
    assert_eq!(lever.get(&format!("{base}?uploaded_at_end=x")).await.refusal().0, 400);
    let one_id = one["id"].as_str().unwrap();
    assert_eq!(lever.data(&format!("{base}/{one_id}")).await, one);

    let bytes = lever.get(&format!("{base}/{one_id}/download")).await;
    assert_eq!((bytes.status, bytes.text.as_str()), (StatusCode::OK, "%PDF-1"));
    assert_eq!(bytes.headers["content-type"], "application/pdf");
    assert_eq!(bytes.headers["content-disposition"], "attachment; filename*=UTF-8''Cv%20One.PDF");
    let by_url = lever.http.get(one["downloadUrl"].as_str().unwrap()).send().await.unwrap();
    assert_eq!(by_url.text().await.unwrap(), "%PDF-1", "the address leads to the page's own route");

    let path = format!("{base}/{one_id}");
    assert_eq!(lever.call(Method::DELETE, &path, None).await.refusal().0, 400, "perform_as");
    let gone = lever.call(Method::DELETE, &format!("{path}?perform_as={ana}"), None).await;
    assert_eq!((gone.status, gone.text.as_str()), (StatusCode::NO_CONTENT, ""));
    assert_eq!(lever.get(&path).await.refusal().2, format!("files {one_id} was not found"));
    let stranger = lever.somebody().await;
    let other = other["data"]["id"].as_str().unwrap();
    assert_eq!(lever.get(&format!("/opportunities/{stranger}/files/{other}")).await.refusal().0, 404);
}

#[tokio::test]
async fn a_file_that_could_not_be_processed_is_422_on_download() {
    let lever = Lever::with(0).await;
    let id = lever.somebody().await;
    let ana = lever.user("ana@demo.example").await;
    let base = format!("/opportunities/{id}/files");
    let made = send(&lever, &format!("{base}?perform_as={ana}"), file("file", "empty.pdf", b"")).await.json();
    assert_eq!(made["data"]["status"], "error");
    let answer = lever.get(&format!("{base}/{}/download", made["data"]["id"].as_str().unwrap())).await;
    assert_eq!(answer.refusal().0, 422);
}

#[tokio::test]
async fn an_upload_needs_perform_as_one_file_and_a_multipart_body() {
    let lever = Lever::with(0).await;
    let id = lever.somebody().await;
    let ana = lever.user("ana@demo.example").await;
    let base = format!("/opportunities/{id}/files");
    let full = format!("{base}?perform_as={ana}");
    assert_eq!(
        send(&lever, &base, file("file", "a.txt", b"a")).await.refusal().2,
        "Missing required parameter: perform_as"
    );
    assert_eq!(
        send(&lever, &full, file("photo", "a.txt", b"a")).await.refusal().2,
        "Missing required parameter: file"
    );
    let two = file("file", "a.txt", b"a").part("file", Part::bytes(&b"b"[..]).file_name("b.txt"));
    assert_eq!(send(&lever, &full, two).await.refusal().0, 400);
    assert_eq!(lever.post(&full, json!({"file": "a"})).await.refusal().0, 400);
    let broken = lever
        .http
        .post(format!("{}{full}", lever.running.api_url))
        .basic_auth(&lever.key, Some(""))
        .header("content-type", "multipart/form-data; boundary=X")
        .body("--X\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\nhal")
        .send()
        .await
        .unwrap();
    assert_eq!(broken.status(), StatusCode::BAD_REQUEST);
    let nowhere = format!("/opportunities/nobody/files?perform_as={ana}");
    assert_eq!(send(&lever, &nowhere, file("file", "a.txt", b"a")).await.refusal().0, 404);
    assert_eq!(lever.data(&base).await, json!([]), "nothing stored");
}

#[tokio::test]
async fn a_create_takes_a_form_with_a_resume_and_files() {
    let lever = Lever::with(0).await;
    let ana = lever.user("ana@demo.example").await;
    let form = Form::new()
        .text("name", "Explicit Name")
        .text("tags[]", "one")
        .text("tags[]", "two")
        .text("phones[][type]", "work")
        .text("phones[][value]", "42")
        .text("createdAt", "1700000000000")
        .part(
            "resumeFile",
            Part::bytes(&b"Rosa Parse\nrosa@example.com\n+1 555 010 9999\n"[..]).file_name("cv.txt"),
        )
        .part("files[]", Part::bytes(&b"png"[..]).file_name("face.png"))
        .part("files[]", Part::bytes(&b"doc"[..]).file_name("letter.doc"));
    let made = send(&lever, &format!("/opportunities?perform_as={ana}&parse=true"), form).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    let data = made.json()["data"].clone();
    assert_eq!(data["name"], "Explicit Name", "explicit fields beat parsed ones");
    assert_eq!(data["emails"], json!(["rosa@example.com"]));
    assert_eq!(data["phones"], json!([{"type": "work", "value": "42"}]));
    assert_eq!(data["tags"], json!(["one", "two"]));
    assert_eq!(data["createdAt"], 1_700_000_000_000_i64);

    let base = format!("/opportunities/{}", data["id"].as_str().unwrap());
    let mut names = texts(&lever.data(&format!("{base}/files")).await, "name");
    names.sort();
    assert_eq!(names, ["face.png", "letter.doc"]);
    let resumes = lever.data(&format!("{base}/resumes")).await;
    assert_eq!(keys(&resumes[0]), ["id", "createdAt", "file", "parsedData"]);
    assert_eq!(keys(&resumes[0]["file"]), ["name", "ext", "downloadUrl", "uploadedAt", "status", "size"]);
    assert_eq!(resumes[0]["file"]["ext"], "txt", "without a dot");
    let id = resumes[0]["id"].as_str().unwrap();
    assert_eq!(lever.data(&format!("{base}/resumes/{id}")).await, resumes[0]);
    let text = lever.get(&format!("{base}/resumes/{id}/download")).await.text;
    assert!(text.starts_with("Rosa Parse"));
    assert_eq!(lever.get(&format!("{base}/files/{id}")).await.refusal().0, 404, "a resume is no file");
}

#[tokio::test]
async fn a_resume_can_be_parsed_after_the_answer() {
    let lever = Lever::with(0).await;
    let ana = lever.user("ana@demo.example").await;
    lever.behave(|b| b.resume_parsing = lever_sim::ResumeParsing::After).await;
    let path = format!("/opportunities?perform_as={ana}&parse=true");
    let form = file("resumeFile", "cv.txt", b"Rosa Parse\nrosa@example.com\n");
    let made = send(&lever, &path, form).await.json();
    assert_eq!(made["data"]["name"], "");
    let read = lever.data(&format!("/opportunities/{}", made["data"]["id"].as_str().unwrap())).await;
    assert_eq!((&read["name"], &read["emails"]), (&json!("Rosa Parse"), &json!(["rosa@example.com"])));
}

#[tokio::test]
async fn files_go_with_a_deleted_opportunity_and_with_an_anonymised_contact() {
    let lever = Lever::with(0).await;
    let ana = lever.user("ana@demo.example").await;
    for erase in [false, true] {
        let id = lever.somebody().await;
        let base = format!("/opportunities/{id}/files");
        let made = send(&lever, &format!("{base}?perform_as={ana}"), file("file", "a.txt", b"a")).await;
        let page = made.json()["data"]["downloadUrl"].as_str().unwrap().to_owned();
        if erase {
            lever.running.anonymise(&id).await.unwrap();
        } else {
            lever.running.delete(&id).await.unwrap();
        }
        let gone = lever.http.get(page).send().await.unwrap();
        assert_eq!(gone.status(), StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn a_request_that_is_too_large_is_refused_and_nothing_is_stored() {
    let lever = Lever::with(0).await;
    let id = lever.somebody().await;
    let ana = lever.user("ana@demo.example").await;
    assert_eq!(lever.running.behaviour().upload_limit_bytes, 30 * 1024 * 1024, "as documented");
    lever.behave(|b| b.upload_limit_bytes = 1_000).await;
    let base = format!("/opportunities/{id}/files");
    let big: Vec<u8> = vec![b'x'; 1_200];
    let form = Form::new().part("file", Part::bytes(big.clone()).file_name("big.txt"));
    let (status, code, message) = send(&lever, &format!("{base}?perform_as={ana}"), form).await.refusal();
    assert_eq!((status, code.as_str()), (413, "RequestTooLarge"));
    assert_eq!(message, "The request is larger than 1000 bytes.");
    let name = String::from_utf8(big).unwrap();
    let path = format!("/opportunities?perform_as={ana}");
    assert_eq!(lever.post(&path, json!({"name": name})).await.refusal().0, 413);
    assert_eq!(lever.data(&base).await, json!([]));
    assert_eq!(lever.running.opportunities().len(), 1);
}

#[tokio::test]
async fn an_upload_that_takes_too_long_is_a_request_timeout() {
    let lever = Lever::with(0).await;
    lever.behave(|b| b.upload_timeout_ms = 30).await;
    let mut line = TcpStream::connect(lever.running.address).await.unwrap();
    let head =
        "POST /v1/opportunities HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\nconnection: close\r\n\r\n";
    line.write_all(head.as_bytes()).await.unwrap();
    let mut answer = String::new();
    line.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
    let body: Value = serde_json::from_str(answer.split("\r\n\r\n").nth(1).unwrap()).unwrap();
    assert_eq!(body, json!({"code": "RequestTimeout", "message": "File took too long to upload."}));
}
